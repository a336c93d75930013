# syntax=docker/dockerfile:1
FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libssl-dev pkg-config && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs clippy.toml rust-toolchain.toml ./
COPY .cargo .cargo
COPY src src
COPY migrations migrations
COPY config config
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --profile dist --locked --features postgres-tls && cp target/dist/lumbung /usr/local/bin/lumbung

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/lumbung --create-home lumbung
COPY --from=build /usr/local/bin/lumbung /usr/local/bin/lumbung
COPY config /etc/lumbung/config
WORKDIR /etc/lumbung
USER lumbung
ENV LUMBUNG__DATA_DIR=/var/lib/lumbung LUMBUNG__SERVER__HOST=0.0.0.0 LUMBUNG__LOG__FORMAT=json
VOLUME /var/lib/lumbung
EXPOSE 8080 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD curl -fsS "http://127.0.0.1:${LUMBUNG__SERVER__PORT:-8080}/health/ready" || exit 1
ENTRYPOINT ["lumbung"]
CMD ["serve"]
