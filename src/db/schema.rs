//! The tables, as diesel sees them; one module for both databases.
#![allow(missing_docs)]

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    events (id) {
        id -> SqlUuid,
        seq -> Nullable<BigInt>,
        recorded_at -> Timestamp,
        actor_id -> Nullable<SqlUuid>,
        cooperative_id -> Nullable<SqlUuid>,
        group_id -> Nullable<SqlUuid>,
        subject_id -> SqlUuid,
        kind -> Text,
        payload -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    event_readers (name) {
        name -> Text,
        seq -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    jobs (id) {
        id -> SqlUuid,
        kind -> Text,
        payload -> Text,
        unique_key -> Nullable<Text>,
        run_at -> Timestamp,
        attempts -> Integer,
        leased_until -> Nullable<Timestamp>,
        finished_at -> Nullable<Timestamp>,
        failed_at -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    heartbeats (name) {
        name -> Text,
        beat_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    schedules (name) {
        name -> Text,
        next_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    idempotency_keys (scope, route, key) {
        scope -> Text,
        route -> Text,
        key -> Text,
        fingerprint -> Binary,
        status -> Nullable<Integer>,
        headers -> Nullable<Text>,
        body -> Nullable<Binary>,
        subject_id -> Nullable<SqlUuid>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    client_ids (id) {
        id -> SqlUuid,
        scope -> Text,
        fingerprint -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    rate_buckets (bucket) {
        bucket -> Text,
        spent -> BigInt,
        refilled_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    outbox (id) {
        id -> SqlUuid,
        kind -> Text,
        event_id -> Nullable<SqlUuid>,
        account_id -> Nullable<SqlUuid>,
        recipient -> Text,
        locale -> Text,
        subject -> Text,
        text_body -> Text,
        html_body -> Text,
        created_at -> Timestamp,
        next_try_at -> Timestamp,
        attempts -> Integer,
        leased_until -> Nullable<Timestamp>,
        sent_at -> Nullable<Timestamp>,
        failed_at -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    occasions (id) {
        id -> SqlUuid,
        kind -> Text,
        day -> Date,
        hijri_year -> Nullable<Integer>,
        name_indonesian -> Text,
        name_english -> Text,
        day_off -> Bool,
        origin -> Text,
        removed -> Bool,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    accounts (id) {
        id -> SqlUuid,
        name -> Text,
        email -> Nullable<Text>,
        email_verified_at -> Nullable<Timestamp>,
        phone -> Nullable<Text>,
        phone_vouched_at -> Nullable<Timestamp>,
        password_hash -> Text,
        locale -> Text,
        admin -> Bool,
        status -> Text,
        token_version -> BigInt,
        created_at -> Timestamp,
        closed_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    sessions (id) {
        id -> SqlUuid,
        account_id -> SqlUuid,
        token_version -> BigInt,
        device -> Text,
        address -> Text,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        revoked_because -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    refresh_tokens (id) {
        id -> SqlUuid,
        session_id -> SqlUuid,
        parent_id -> Nullable<SqlUuid>,
        hash -> Binary,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        access_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    one_time_tokens (id) {
        id -> SqlUuid,
        account_id -> SqlUuid,
        purpose -> Text,
        hash -> Binary,
        address -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    throttles (bucket) {
        bucket -> Binary,
        spent -> BigInt,
        since -> Timestamp,
        last_at -> Timestamp,
        kept -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    places (code) {
        code -> Text,
        kind -> Text,
        name -> Text,
        parent_code -> Nullable<Text>,
        postal_code -> Nullable<Text>,
        search_text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    cooperatives (id) {
        id -> SqlUuid,
        code -> Text,
        name -> Text,
        search_text -> Text,
        kind -> Text,
        description -> Text,
        village_code -> Text,
        address -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        zone -> Text,
        bank_name -> Nullable<Text>,
        bank_account -> Nullable<Text>,
        bank_holder -> Nullable<Text>,
        demo -> Bool,
        created_at -> Timestamp,
        version -> BigInt,
        service_percent -> Integer,
        bears_discards -> Bool,
        deposit_from -> Nullable<BigInt>,
        deposit_percent -> Integer,
        regular_after -> Nullable<Integer>,
        qris_amounts -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    assignments (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        account_id -> SqlUuid,
        role -> Text,
        assigned_by -> Nullable<SqlUuid>,
        assigned_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    pickup_points (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        name -> Text,
        address -> Text,
        hours -> Text,
        active -> Bool,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    delivery_zones (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        name -> Text,
        description -> Text,
        fee -> BigInt,
        active -> Bool,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    groups (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        name -> Text,
        slug -> Text,
        description -> Text,
        search_text -> Text,
        hamlet -> Nullable<Text>,
        business_id -> Nullable<Text>,
        phone -> Nullable<Text>,
        status -> Text,
        status_reason -> Nullable<Text>,
        founded_by -> Nullable<SqlUuid>,
        created_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    memberships (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        group_id -> SqlUuid,
        account_id -> Nullable<SqlUuid>,
        name -> Text,
        phone -> Nullable<Text>,
        role -> Text,
        joined_at -> Timestamp,
        left_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    invitations (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        group_id -> SqlUuid,
        membership_id -> SqlUuid,
        email -> Nullable<Text>,
        hash -> Binary,
        invited_by -> SqlUuid,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        accepted_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    products (id) {
        row_id -> BigInt,
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        group_id -> SqlUuid,
        name -> Text,
        slug -> Text,
        description -> Text,
        category -> Text,
        unit -> Text,
        price -> BigInt,
        price_tiers -> Text,
        lead_time_days -> Integer,
        shelf_life_days -> Nullable<Integer>,
        minimum_quantity -> BigInt,
        quantity_step -> BigInt,
        daily_capacity -> BigInt,
        made_on -> Integer,
        order_by_minutes -> Integer,
        open_days_ahead -> Integer,
        deposit_percent -> Integer,
        label -> Text,
        status -> Text,
        listed -> Bool,
        withdrawn_reason -> Nullable<Text>,
        sort_name -> Text,
        search_text -> Text,
        created_at -> Timestamp,
        published_at -> Nullable<Timestamp>,
        version -> BigInt,
        service_percent -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    photos (id) {
        id -> SqlUuid,
        product_id -> SqlUuid,
        position -> Integer,
        file -> Text,
        width -> Integer,
        height -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    batches (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        group_id -> SqlUuid,
        product_id -> SqlUuid,
        kind -> Text,
        status -> Text,
        ready_on -> Date,
        cutoff_at -> Nullable<Timestamp>,
        best_before -> Nullable<Date>,
        capacity -> BigInt,
        minimum -> BigInt,
        claimed -> BigInt,
        made -> Nullable<BigInt>,
        discarded -> BigInt,
        price -> Nullable<BigInt>,
        unit_cost -> Nullable<BigInt>,
        extended -> Bool,
        created_at -> Timestamp,
        version -> BigInt,
        pack_size -> Nullable<BigInt>,
        minimum_deposits -> BigInt,
        extend_to -> Nullable<Timestamp>,
        deposit_percent -> Nullable<Integer>,
        made_at -> Nullable<Timestamp>,
        discount_kind -> Nullable<Text>,
        discount_percent -> Nullable<Integer>,
        discount_starts_at -> Nullable<Timestamp>,
        discount_ends_at -> Nullable<Timestamp>,
        discount_floor -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    contributions (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        batch_id -> SqlUuid,
        membership_id -> SqlUuid,
        kind -> Text,
        amount -> BigInt,
        noted_by -> SqlUuid,
        noted_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    discards (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        batch_id -> SqlUuid,
        quantity -> BigInt,
        reason -> Text,
        noted_by -> SqlUuid,
        noted_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    refused_demand (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        group_id -> SqlUuid,
        product_id -> SqlUuid,
        day -> Date,
        quantity -> BigInt,
        reason -> Text,
        asker -> Text,
        anonymous -> Bool,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    closed_days (group_id, day) {
        group_id -> SqlUuid,
        day -> Date,
        cooperative_id -> SqlUuid,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    order_counters (cooperative_id, month) {
        cooperative_id -> SqlUuid,
        month -> Text,
        last -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    orders (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        number -> Text,
        status -> Text,
        channel -> Text,
        buyer_id -> Nullable<SqlUuid>,
        captured_by -> Nullable<SqlUuid>,
        contact -> Text,
        recipient -> Nullable<Text>,
        delivery_kind -> Text,
        pickup_point_id -> Nullable<SqlUuid>,
        delivery_zone_id -> Nullable<SqlUuid>,
        address -> Nullable<Text>,
        needed_on -> Nullable<Date>,
        note -> Nullable<Text>,
        locale -> Text,
        goods_total -> BigInt,
        delivery_fee -> BigInt,
        total -> BigInt,
        deposit_due -> BigInt,
        placed_total -> BigInt,
        paid_total -> BigInt,
        refunded_total -> BigInt,
        placed_at -> Timestamp,
        answer_by -> Nullable<Timestamp>,
        pay_by -> Nullable<Timestamp>,
        cancellable_until -> Nullable<Timestamp>,
        version -> BigInt,
        delivered_total -> BigInt,
        outlet_id -> Nullable<SqlUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    fulfilments (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        order_id -> SqlUuid,
        group_id -> SqlUuid,
        status -> Text,
        goods_total -> BigInt,
        ready_on -> Date,
        answer_by -> Nullable<Timestamp>,
        answered_at -> Nullable<Timestamp>,
        ready_at -> Nullable<Timestamp>,
        handed_over_at -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
        courier -> Nullable<Text>,
        tracking_number -> Nullable<Text>,
        received_by -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    order_lines (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        order_id -> SqlUuid,
        fulfilment_id -> SqlUuid,
        product_id -> SqlUuid,
        position -> Integer,
        product_name -> Text,
        unit -> Text,
        ready_on -> Date,
        wanted -> BigInt,
        at_least -> BigInt,
        quantity -> BigInt,
        unit_price -> BigInt,
        total -> BigInt,
        deposit_percent -> Integer,
        reason -> Nullable<Text>,
        discount -> Nullable<Text>,
        was_price -> Nullable<BigInt>,
        service_percent -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    claims (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        line_id -> SqlUuid,
        batch_id -> SqlUuid,
        quantity -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    order_notes (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        order_id -> SqlUuid,
        author_id -> Nullable<SqlUuid>,
        from_buyer -> Bool,
        text -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    sales (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        group_id -> SqlUuid,
        product_id -> SqlUuid,
        order_id -> SqlUuid,
        fulfilment_id -> SqlUuid,
        line_id -> SqlUuid,
        kind -> Text,
        channel -> Text,
        buyer -> Text,
        sold_on -> Date,
        recorded_at -> Timestamp,
        quantity -> BigInt,
        amount -> BigInt,
        service -> BigInt,
        worth -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    payments (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        order_id -> SqlUuid,
        direction -> Text,
        method -> Text,
        purpose -> Text,
        amount -> BigInt,
        status -> Text,
        refunds_id -> Nullable<SqlUuid>,
        proof -> Nullable<Text>,
        recorded_by -> Nullable<SqlUuid>,
        held_by -> Nullable<SqlUuid>,
        decided_by -> Nullable<SqlUuid>,
        recorded_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        decided_at -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
        version -> BigInt,
        unique_code -> Nullable<Integer>,
        transfer_amount -> Nullable<BigInt>,
        payer -> Nullable<Text>,
        handover_id -> Nullable<SqlUuid>,
        credit_of_id -> Nullable<SqlUuid>,
        code_returned -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    gateway_charges (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        payment_id -> SqlUuid,
        gateway -> Text,
        reference -> Text,
        amount -> BigInt,
        status -> Text,
        tries -> Integer,
        transaction_id -> Nullable<Text>,
        qr_text -> Nullable<Text>,
        qr_url -> Nullable<Text>,
        paid_amount -> Nullable<BigInt>,
        needs_review -> Nullable<Text>,
        reviewed_by -> Nullable<SqlUuid>,
        reviewed_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        heard_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    gateway_notifications (id) {
        id -> SqlUuid,
        gateway -> Text,
        event_key -> Text,
        reference -> Text,
        body -> Text,
        news -> Text,
        heard_at -> Timestamp,
        applied_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    market_schedules (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        name -> Text,
        weekdays -> Integer,
        every_weeks -> Integer,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        dates -> Text,
        skipped -> Text,
        skips_holidays -> Bool,
        days_ahead -> Integer,
        opens_days_before -> Integer,
        opens_at_minutes -> Integer,
        closes_days_before -> Integer,
        closes_at_minutes -> Integer,
        extension_hours -> Integer,
        from_minutes -> Integer,
        until_minutes -> Integer,
        pickup_point_id -> Nullable<SqlUuid>,
        active -> Bool,
        created_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    market_days (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        schedule_id -> Nullable<SqlUuid>,
        scheduled_on -> Nullable<Date>,
        name -> Text,
        held_on -> Date,
        opens_at -> Timestamp,
        closes_at -> Timestamp,
        extends_to -> Nullable<Timestamp>,
        from_minutes -> Integer,
        until_minutes -> Integer,
        pickup_point_id -> Nullable<SqlUuid>,
        status -> Text,
        reason -> Nullable<Text>,
        created_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    market_offerings (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        market_day_id -> SqlUuid,
        group_id -> SqlUuid,
        product_id -> SqlUuid,
        capacity -> BigInt,
        minimum -> BigInt,
        minimum_deposits -> BigInt,
        pack_size -> Nullable<BigInt>,
        price -> Nullable<BigInt>,
        deposit_percent -> Nullable<Integer>,
        repeats -> Bool,
        batch_id -> Nullable<SqlUuid>,
        left_out -> Nullable<Text>,
        created_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    standing_orders (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        buyer_id -> SqlUuid,
        status -> Text,
        paused_by_group -> Bool,
        paused_until -> Nullable<Date>,
        every_market_day -> Bool,
        weekdays -> Integer,
        every_weeks -> Integer,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        skipped -> Text,
        confirms_first -> Bool,
        delivery -> Text,
        note -> Nullable<Text>,
        looked_at_on -> Nullable<Date>,
        created_at -> Timestamp,
        version -> BigInt,
        contract_id -> Nullable<SqlUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    standing_lines (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        standing_order_id -> SqlUuid,
        group_id -> SqlUuid,
        product_id -> SqlUuid,
        position -> Integer,
        quantity -> BigInt,
        at_least -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    standing_occurrences (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        standing_order_id -> SqlUuid,
        due_on -> Date,
        market_day_id -> Nullable<SqlUuid>,
        status -> Text,
        order_id -> Nullable<SqlUuid>,
        shortfalls -> Text,
        confirm_by -> Nullable<Timestamp>,
        reminded_at -> Nullable<Timestamp>,
        confirmed_at -> Nullable<Timestamp>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    requests (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        buyer_id -> Nullable<SqlUuid>,
        captured_by -> Nullable<SqlUuid>,
        contact -> Nullable<Text>,
        channel -> Text,
        status -> Text,
        product_id -> Nullable<SqlUuid>,
        category -> Nullable<Text>,
        words -> Nullable<Text>,
        quantity -> BigInt,
        unit -> Text,
        needed_on -> Date,
        place_kind -> Text,
        pickup_point_id -> Nullable<SqlUuid>,
        delivery_zone_id -> Nullable<SqlUuid>,
        address -> Nullable<Text>,
        budget -> Nullable<BigInt>,
        occasion -> Text,
        note -> Nullable<Text>,
        locale -> Text,
        answers_until -> Timestamp,
        taken -> BigInt,
        created_at -> Timestamp,
        closed_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    offers (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        request_id -> SqlUuid,
        group_id -> SqlUuid,
        product_id -> SqlUuid,
        status -> Text,
        quantity -> BigInt,
        unit_price -> BigInt,
        ready_on -> Date,
        deposit_percent -> Integer,
        valid_until -> Timestamp,
        taken -> BigInt,
        batch_id -> Nullable<SqlUuid>,
        order_id -> Nullable<SqlUuid>,
        offered_by -> Nullable<SqlUuid>,
        created_at -> Timestamp,
        closed_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    contracts (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        buyer_id -> SqlUuid,
        drawn_by -> SqlUuid,
        status -> Text,
        starts_on -> Date,
        ends_on -> Date,
        weekdays -> Integer,
        credit_limit -> BigInt,
        term_days -> Integer,
        note -> Nullable<Text>,
        invoiced_through -> Nullable<Date>,
        created_at -> Timestamp,
        answered_at -> Nullable<Timestamp>,
        closed_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    contract_lines (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        contract_id -> SqlUuid,
        product_id -> SqlUuid,
        position -> Integer,
        unit_price -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    contract_orders (order_id) {
        order_id -> SqlUuid,
        cooperative_id -> SqlUuid,
        contract_id -> SqlUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    invoice_counters (cooperative_id, month) {
        cooperative_id -> SqlUuid,
        month -> Text,
        last -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    invoices (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        contract_id -> SqlUuid,
        number -> Text,
        month -> Date,
        issued_on -> Date,
        due_on -> Date,
        total -> BigInt,
        reminded_at -> Nullable<Timestamp>,
        issued_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    invoice_lines (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        invoice_id -> SqlUuid,
        order_id -> SqlUuid,
        line_id -> Nullable<SqlUuid>,
        position -> Integer,
        day -> Date,
        order_number -> Text,
        product_name -> Nullable<Text>,
        unit -> Nullable<Text>,
        quantity -> BigInt,
        unit_price -> BigInt,
        total -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    ledger_entries (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        month -> Text,
        voucher -> Text,
        number -> BigInt,
        kind -> Text,
        entered_on -> Date,
        booked_at -> Timestamp,
        booked_by -> Nullable<SqlUuid>,
        source_id -> Nullable<SqlUuid>,
        reverses_id -> Nullable<SqlUuid>,
        memo -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    ledger_postings (entry_id, position) {
        entry_id -> SqlUuid,
        position -> Integer,
        cooperative_id -> SqlUuid,
        entered_on -> Date,
        account -> Integer,
        amount -> BigInt,
        group_id -> Nullable<SqlUuid>,
        membership_id -> Nullable<SqlUuid>,
        order_id -> Nullable<SqlUuid>,
        holder_id -> Nullable<SqlUuid>,
        outlet_id -> Nullable<SqlUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    ledger_counters (cooperative_id, month, voucher) {
        cooperative_id -> SqlUuid,
        month -> Text,
        voucher -> Text,
        last -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    ledger_accounts (cooperative_id, account) {
        cooperative_id -> SqlUuid,
        account -> Integer,
        name -> Text,
        opened_at -> Timestamp,
        opened_by -> SqlUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    ledger_closings (cooperative_id, month) {
        cooperative_id -> SqlUuid,
        month -> Text,
        closed_at -> Timestamp,
        closed_by -> SqlUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    handovers (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        holder_id -> SqlUuid,
        status -> Text,
        expected -> BigInt,
        counted -> Nullable<BigInt>,
        note -> Nullable<Text>,
        declared_at -> Timestamp,
        declared_by -> SqlUuid,
        decided_at -> Nullable<Timestamp>,
        decided_by -> Nullable<SqlUuid>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    qris_codes (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        payload -> Text,
        merchant_id -> Text,
        merchant_name -> Text,
        status -> Text,
        proposed_at -> Timestamp,
        proposed_by -> SqlUuid,
        decided_at -> Nullable<Timestamp>,
        decided_by -> Nullable<SqlUuid>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    earning_rules (group_id) {
        group_id -> SqlUuid,
        cooperative_id -> SqlUuid,
        basis -> Text,
        fund_percent -> Integer,
        changed_at -> Timestamp,
        changed_by -> SqlUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    payouts (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        group_id -> SqlUuid,
        status -> Text,
        until_day -> Date,
        basis -> Text,
        fund_percent -> Integer,
        earned -> BigInt,
        advances -> BigInt,
        receipts -> BigInt,
        fund -> BigInt,
        shared -> BigInt,
        unshared -> BigInt,
        paid_from -> Text,
        received_by -> Nullable<Text>,
        note -> Nullable<Text>,
        paid_at -> Timestamp,
        paid_by -> SqlUuid,
        reversed_at -> Nullable<Timestamp>,
        reversed_by -> Nullable<SqlUuid>,
        reason -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    payout_items (payout_id, entry_id, position) {
        payout_id -> SqlUuid,
        entry_id -> SqlUuid,
        position -> Integer,
        amount -> BigInt,
        released -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    payout_contributions (payout_id, contribution_id) {
        payout_id -> SqlUuid,
        contribution_id -> SqlUuid,
        released -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    payout_shares (payout_id, membership_id) {
        payout_id -> SqlUuid,
        membership_id -> SqlUuid,
        work -> BigInt,
        share -> BigInt,
        receipts -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    ingredient_receipts (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        group_id -> SqlUuid,
        membership_id -> SqlUuid,
        bought_on -> Date,
        what -> Text,
        amount -> BigInt,
        status -> Text,
        payout_id -> Nullable<SqlUuid>,
        noted_at -> Timestamp,
        noted_by -> SqlUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    ingredients (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        group_id -> SqlUuid,
        name -> Text,
        unit -> Text,
        added_at -> Timestamp,
        added_by -> SqlUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    ingredient_prices (ingredient_id, from_day) {
        ingredient_id -> SqlUuid,
        from_day -> Date,
        price -> BigInt,
        noted_at -> Timestamp,
        noted_by -> SqlUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    recipes (product_id) {
        product_id -> SqlUuid,
        cooperative_id -> SqlUuid,
        yields -> BigInt,
        energy -> BigInt,
        packaging -> BigInt,
        labour -> BigInt,
        fixed -> BigInt,
        changed_at -> Timestamp,
        changed_by -> SqlUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    recipe_lines (product_id, ingredient_id) {
        product_id -> SqlUuid,
        ingredient_id -> SqlUuid,
        quantity -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    cash_counts (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        counted_on -> Date,
        expected -> BigInt,
        counted -> BigInt,
        note -> Nullable<Text>,
        counted_at -> Timestamp,
        counted_by -> SqlUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    bank_formats (cooperative_id, name) {
        cooperative_id -> SqlUuid,
        name -> Text,
        mapping -> Text,
        changed_at -> Timestamp,
        changed_by -> SqlUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    statement_lines (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        digest -> Text,
        booked_on -> Date,
        amount -> BigInt,
        description -> Text,
        status -> Text,
        payment_id -> Nullable<SqlUuid>,
        brought_at -> Timestamp,
        brought_by -> SqlUuid,
        decided_at -> Nullable<Timestamp>,
        decided_by -> Nullable<SqlUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    outlets (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        name -> Text,
        keeper -> Nullable<Text>,
        phone -> Nullable<Text>,
        address -> Nullable<Text>,
        cut_percent -> Integer,
        settle_days -> Integer,
        bears_damage -> Bool,
        active -> Bool,
        added_at -> Timestamp,
        added_by -> SqlUuid,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    consignments (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        outlet_id -> SqlUuid,
        group_id -> SqlUuid,
        product_id -> SqlUuid,
        batch_id -> SqlUuid,
        delivered -> BigInt,
        sold -> BigInt,
        returned -> BigInt,
        damaged -> BigInt,
        on_hand -> BigInt,
        unit_price -> BigInt,
        retail_price -> Nullable<BigInt>,
        service_percent -> Integer,
        delivered_on -> Date,
        delivered_at -> Timestamp,
        delivered_by -> SqlUuid,
        received_by -> Nullable<Text>,
        note -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    outlet_counts (id) {
        id -> SqlUuid,
        cooperative_id -> SqlUuid,
        outlet_id -> SqlUuid,
        group_id -> SqlUuid,
        order_id -> Nullable<SqlUuid>,
        counted_on -> Date,
        counted_at -> Timestamp,
        counted_by -> SqlUuid,
        reversed_at -> Nullable<Timestamp>,
        reversed_by -> Nullable<SqlUuid>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::ids::SqlUuid;

    outlet_count_lines (count_id, consignment_id) {
        count_id -> SqlUuid,
        consignment_id -> SqlUuid,
        sold -> BigInt,
        returned -> BigInt,
        damaged -> BigInt,
        billed -> BigInt,
        on_hand -> BigInt,
    }
}

diesel::joinable!(consignments -> outlets (outlet_id));
diesel::joinable!(consignments -> groups (group_id));
diesel::joinable!(consignments -> batches (batch_id));
diesel::joinable!(outlet_counts -> orders (order_id));
diesel::joinable!(recipe_lines -> ingredients (ingredient_id));
diesel::joinable!(payout_shares -> payouts (payout_id));
diesel::joinable!(payout_shares -> memberships (membership_id));
diesel::joinable!(payout_items -> payouts (payout_id));
diesel::joinable!(payout_contributions -> contributions (contribution_id));
diesel::joinable!(qris_codes -> cooperatives (cooperative_id));
diesel::joinable!(sessions -> accounts (account_id));

diesel::joinable!(refresh_tokens -> sessions (session_id));

diesel::joinable!(one_time_tokens -> accounts (account_id));

diesel::joinable!(assignments -> cooperatives (cooperative_id));

diesel::joinable!(groups -> cooperatives (cooperative_id));

diesel::joinable!(memberships -> groups (group_id));

diesel::joinable!(invitations -> memberships (membership_id));

diesel::joinable!(products -> groups (group_id));

diesel::joinable!(photos -> products (product_id));

diesel::joinable!(batches -> products (product_id));

diesel::joinable!(contributions -> batches (batch_id));

diesel::joinable!(discards -> batches (batch_id));

diesel::joinable!(fulfilments -> orders (order_id));

diesel::joinable!(order_lines -> fulfilments (fulfilment_id));

diesel::joinable!(claims -> order_lines (line_id));

diesel::joinable!(claims -> batches (batch_id));

diesel::joinable!(order_notes -> orders (order_id));

diesel::joinable!(payments -> orders (order_id));

diesel::joinable!(gateway_charges -> payments (payment_id));

diesel::joinable!(sales -> products (product_id));

diesel::joinable!(sales -> groups (group_id));

diesel::joinable!(contract_orders -> orders (order_id));

diesel::joinable!(invoice_lines -> invoices (invoice_id));

diesel::joinable!(invoice_lines -> orders (order_id));

diesel::joinable!(offers -> requests (request_id));

diesel::joinable!(offers -> groups (group_id));

diesel::joinable!(offers -> products (product_id));

diesel::joinable!(ledger_postings -> ledger_entries (entry_id));

diesel::allow_tables_to_appear_in_same_query!(
    handovers,
    earning_rules,
    payouts,
    payout_items,
    payout_contributions,
    payout_shares,
    ingredient_receipts,
    outlets,
    consignments,
    outlet_counts,
    outlet_count_lines,
    ingredients,
    ingredient_prices,
    recipes,
    recipe_lines,
    cash_counts,
    qris_codes,
    bank_formats,
    statement_lines,
    ledger_entries,
    ledger_postings,
    ledger_accounts,
    ledger_closings,
    events,
    event_readers,
    jobs,
    schedules,
    idempotency_keys,
    client_ids,
    rate_buckets,
    outbox,
    occasions,
    accounts,
    sessions,
    refresh_tokens,
    one_time_tokens,
    throttles,
    places,
    cooperatives,
    assignments,
    pickup_points,
    delivery_zones,
    groups,
    memberships,
    invitations,
    products,
    photos,
    batches,
    contributions,
    discards,
    refused_demand,
    closed_days,
    order_counters,
    orders,
    fulfilments,
    order_lines,
    claims,
    order_notes,
    sales,
    payments,
    gateway_charges,
    gateway_notifications,
    market_schedules,
    market_days,
    market_offerings,
    standing_orders,
    standing_lines,
    standing_occurrences,
    requests,
    offers,
    contracts,
    contract_lines,
    contract_orders,
    invoice_counters,
    invoices,
    invoice_lines,
);
