//! What the extractors of a handler say about its operation in the OpenAPI document: who may call it, which parameters
//! and which body it takes.

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::web::{Data, Payload};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{Object, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{KnownFormat, Ref, RefOr, Required, Schema, SchemaFormat};
use utoipa::{IntoParams, ToSchema};

use super::html::Reader;
use super::table::AcceptedFormats;
use crate::kernel::ids::for_each_id;
use crate::kernel::{Day, Language};

/// An extractor, or a tuple of them, and what it adds to an operation; most add nothing.
pub trait DescribeOperation {
    /// Adds to the operation what it does not say itself.
    fn describe(_: &mut Description) {}
}

/// An operation that its extractors describe, and the schemas that it refers to.
pub struct Description {
    pub(super) operation: Operation,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
    pub(super) method: Method,
    /// The parameters of the path that no extractor has described yet.
    path_parameters: std::vec::IntoIter<String>,
}

impl Description {
    pub(super) fn new(
        method: Method,
        path: &str,
        operation: Operation,
        schemas: Vec<(String, RefOr<Schema>)>,
    ) -> Description {
        let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let path_parameters = names.map(str::to_owned).collect::<Vec<_>>().into_iter();
        Description { operation, schemas, method, path_parameters }
    }

    /// The caller must send an access token.
    pub fn require_bearer(&mut self) {
        self.operation.security = Some(vec![bearer()]);
    }

    /// The caller may send an access token; an operation that requires one stays so.
    pub fn allow_bearer(&mut self) {
        self.operation.security.get_or_insert_with(|| vec![SecurityRequirement::default(), bearer()]);
    }

    /// Refers to the schema of this type, and adds it to the document.
    fn refer_to<T: ToSchema>(&mut self) -> RefOr<Schema> {
        self.schemas.push((T::name().into(), T::schema()));
        T::schemas(&mut self.schemas);
        Ref::from_schema_name(T::name()).into()
    }

    fn add_parameter(&mut self, parameter: Parameter) {
        let parameters = self.operation.parameters.get_or_insert_default();
        let is_same = |known: &RefOr<Parameter>| match known {
            RefOr::T(known) => known.name == parameter.name && known.parameter_in == parameter.parameter_in,
            RefOr::Ref(_) => false,
        };
        if !parameters.iter().any(is_same) {
            parameters.push(RefOr::T(parameter));
        }
    }

    /// Leaves the next parameter of the path to the route.
    pub fn skip_path_parameter(&mut self) {
        self.path_parameters.next();
    }

    /// Describes the next parameter of the path.
    pub fn add_path_parameter(&mut self, schema: RefOr<Schema>) {
        if let Some(name) = self.path_parameters.next() {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
            self.add_parameter(parameter.schema(Some(schema)).build());
        }
    }

    pub(super) fn add_header(&mut self, name: &str, required: Required) {
        let text = Schema::Object(Object::with_type(SchemaType::from(Type::String)));
        let header = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(required);
        self.add_parameter(header.schema(Some(text)).build());
    }

    pub(super) fn add_query<F: IntoParams>(&mut self) {
        for parameter in F::into_params(|| Some(ParameterIn::Query)) {
            self.add_parameter(parameter);
        }
    }

    pub(super) fn set_body<B: ToSchema>(&mut self) {
        if self.operation.request_body.is_none() {
            let kind = if self.method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
            let content = ContentBuilder::new().schema(Some(self.refer_to::<B>())).build();
            let body = RequestBodyBuilder::new().content(kind, content).required(Some(Required::True)).build();
            self.operation.request_body = Some(body.into());
        }
    }
}

fn bearer() -> SecurityRequirement {
    SecurityRequirement::new::<_, [&str; 0], &str>("bearer", [])
}

/// A part of a path that [`PathIds`](super::PathIds) parses.
pub trait PathPart {
    /// Describes the parameters of the path that this part takes, one after the other.
    fn describe_part(description: &mut Description);
}

/// A part that the route describes itself.
macro_rules! parts_described_by_the_route {
    ($($part:ty),*) => { $(
        impl PathPart for $part {
            fn describe_part(description: &mut Description) {
                description.skip_path_parameter();
            }
        }
    )* };
}
parts_described_by_the_route!(String, u8);

macro_rules! id_part {
    ($id:ty) => {
        impl PathPart for $id {
            fn describe_part(description: &mut Description) {
                let id = description.refer_to::<$id>();
                description.add_path_parameter(id);
            }
        }
    };
}
for_each_id!(id_part);

impl PathPart for Day {
    fn describe_part(description: &mut Description) {
        let mut day = Object::with_type(SchemaType::from(Type::String));
        day.format = Some(SchemaFormat::KnownFormat(KnownFormat::Date));
        day.max_length = Some(10);
        day.examples = vec!["2026-12-01".into()];
        description.add_path_parameter(Schema::Object(day).into());
    }
}

impl<T> DescribeOperation for Data<T> {}
impl<T> DescribeOperation for Option<T> {}
impl DescribeOperation for HttpRequest {}
impl DescribeOperation for Payload {}
impl DescribeOperation for Language {}
impl DescribeOperation for Reader {}
impl DescribeOperation for AcceptedFormats {}
impl DescribeOperation for () {}

macro_rules! tuples {
    ($( ( $($name:ident)+ ) )+) => { $(
        impl<$($name: DescribeOperation),+> DescribeOperation for ($($name,)+) {
            fn describe(description: &mut Description) {
                $($name::describe(description);)+
            }
        }
    )+ };
}

tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) (A B C D E F G H I)
    (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L)
}

impl<A: PathPart, B: PathPart> PathPart for (A, B) {
    fn describe_part(description: &mut Description) {
        A::describe_part(description);
        B::describe_part(description);
    }
}

impl<A: PathPart, B: PathPart, C: PathPart> PathPart for (A, B, C) {
    fn describe_part(description: &mut Description) {
        <(A, B)>::describe_part(description);
        C::describe_part(description);
    }
}
