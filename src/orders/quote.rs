//! Quotes: price and availability of a basket. Nothing is reserved.

use std::collections::HashMap;

use super::basket::{Basket, BasketLine};
use super::delivery::DeliveryFee;
use super::settings::Settings;
use super::store::{self, Seller};
use crate::catalogue::{self, OrderQuantityError, Product, ProductStatus};
use crate::cooperatives::{GroupNames, load_group_names};
use crate::db::{self, Conn};
use crate::kernel::ids::ProductId;
use crate::kernel::{AmountError, Day, Instant, Language, Quantity, Rupiah};
use crate::supply::{ClaimRequest, DiscountKind, Plan, Stock, Terms, Unavailable, UnavailableReason};
use crate::web::{Code, FieldErrors, Problem, Rule, verb_errors};

/// A quoted basket.
#[derive(Debug, Clone)]
pub struct Quote {
    /// The selling cooperative.
    pub cooperative: Seller,
    /// The lines, in the order of the basket.
    pub lines: Vec<QuotedLine>,
    /// The names of the groups that make them.
    pub groups: GroupNames,
    /// Total of the goods.
    pub goods_total: Rupiah,
    /// The delivery fee.
    pub delivery_fee: Rupiah,
    /// Goods and delivery fee.
    pub total: Rupiah,
    /// The deposit due before production.
    pub deposit_due: Rupiah,
    /// Until when the buyer could cancel.
    pub cancellable_until: Instant,
    /// Deadline of the groups' answers.
    pub answer_by: Instant,
    /// Payment deadline.
    pub pay_by: Instant,
}

/// A line of a quote.
#[derive(Debug, Clone)]
pub struct QuotedLine {
    /// The product.
    pub product: Product,
    /// The terms of sale.
    pub terms: Terms,
    /// The requested quantity.
    pub wanted: Quantity,
    /// The smallest acceptable quantity.
    pub at_least: Quantity,
    /// The available quantity; zero if it is less than `at_least`.
    pub quantity: Quantity,
    /// The unit price at that quantity.
    pub unit_price: Rupiah,
    /// Kind of discount and the unit price before it.
    pub discounted_from: Option<(DiscountKind, Rupiah)>,
    /// Total of the line.
    pub total: Rupiah,
    /// Deposit in percent; zero for goods in stock.
    pub deposit_percent: u8,
    /// The deposit due before production.
    pub deposit: Rupiah,
    /// The planned source.
    pub plan: Option<Plan>,
    /// Why less than the requested quantity is available.
    pub unavailable: Option<Unavailable>,
}

impl QuotedLine {
    /// The requested quantity that is not available.
    pub fn missing_quantity(&self) -> Quantity {
        self.wanted.minus(self.quantity)
    }

    /// The day on which the goods are ready; `None` if unavailable.
    pub fn ready_on(&self) -> Option<Day> {
        self.plan.as_ref().map(|plan| plan.ready_on)
    }
}

verb_errors! {
    /// Why there is no quote.
    pub enum QuoteError {
        /// The basket names something unknown or breaks a rule of a product.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
        /// A product is no longer sold.
        NotOnSale {
            /// Index of the line.
            line: usize,
        } => NotOnSale,
        /// A sum is out of bounds.
        Amount(error: AmountError) => { Problem::new(Code::AmountTooLarge).because(error) },
    }
    + Db(db::Error)
}

impl From<AmountError> for QuoteError {
    fn from(error: AmountError) -> Self {
        QuoteError::Amount(error)
    }
}

/// Prices a basket and plans where its goods come from.
pub fn quote(conn: &mut Conn, now: Instant, settings: &Settings, basket: &Basket) -> Result<Quote, QuoteError> {
    let mut errors = FieldErrors::default();
    for (position, line) in basket.lines.iter().enumerate() {
        let in_time = line.ready_on.zip(basket.needed_on).is_none_or(|(ready_on, needed_on)| ready_on <= needed_on);
        errors.require(in_time, &format!("/lines/{position}/ready_on"), Rule::ReadyTooLate);
    }
    let Some(cooperative) = store::find_seller(conn, basket.cooperative)? else {
        return Err(QuoteError::Invalid(FieldErrors::single("/cooperative", Rule::UnknownReference)));
    };
    let zone = cooperative.zone;
    let today = zone.day_of(now);
    errors.require(basket.needed_on.is_none_or(|day| day >= today), "/needed_on", Rule::DayPast);
    let delivery_fee = delivery_fee(conn, basket, &mut errors)?;
    let products = load_products(conn, basket, &mut errors)?;
    if !errors.is_empty() {
        return Err(QuoteError::Invalid(errors));
    }
    let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
    let mut stock = Stock::load(conn, now, &ids)?;
    let mut quoted = Vec::with_capacity(basket.lines.len());
    for position in basket.claiming_order() {
        let (Some(line), Some(product)) = (basket.lines.get(position), products.get(position)) else { continue };
        quoted.push((position, quote_line(&mut stock, now, basket, position, line, product)?));
    }
    quoted.sort_by_key(|(position, _)| *position);
    let mut lines: Vec<QuotedLine> = quoted.into_iter().map(|(_, line)| line).collect();
    apply_deposit_rule(conn, &cooperative, basket, &mut lines)?;
    let goods_total = Rupiah::sum(lines.iter().map(|line| line.total))?;
    let deposit_due = Rupiah::sum(lines.iter().map(|line| line.deposit))?;
    let plans = || lines.iter().filter_map(|line| line.plan.as_ref());
    let usable_until = plans().filter_map(Plan::usable_until).min();
    let last_ready = plans().map(|plan| plan.ready_on).max().unwrap_or(today);
    Ok(Quote {
        goods_total,
        delivery_fee,
        total: goods_total.plus(delivery_fee)?,
        deposit_due,
        cancellable_until: settings.cancellable_until(now, plans().map(|plan| plan.cutoff_at)),
        answer_by: settings.answer_by(now, zone, usable_until),
        pay_by: basket
            .agreement
            .on_account_pay_by
            .unwrap_or_else(|| settings.pay_by(now, zone, last_ready, deposit_due > Rupiah::ZERO)),
        groups: load_group_names(conn, lines.iter().map(|line| line.product.group))?,
        lines,
        cooperative,
    })
}

/// Applies the cooperative's deposit rule over those of the products: at least so many percent above a threshold, and
/// none for regular buyers. Goods in stock and orders paid by invoice need no deposit in any case.
fn apply_deposit_rule(
    conn: &mut Conn,
    cooperative: &Seller,
    basket: &Basket,
    lines: &mut [QuotedLine],
) -> Result<(), QuoteError> {
    let takes_deposit = |line: &QuotedLine| line.plan.as_ref().is_some_and(|plan| plan.cutoff_at.is_some());
    if basket.agreement.on_account_pay_by.is_some() || !lines.iter().any(takes_deposit) {
        return Ok(());
    }
    let goods = Rupiah::sum(lines.iter().map(|line| line.total))?;
    let in_full = cooperative.deposit_from.filter(|from| goods >= *from).and(Some(cooperative.deposit_percent));
    let min_percent = in_full.and_then(|percent| u8::try_from(percent).ok()).unwrap_or(0);
    let needs_deposit = min_percent > 0 || lines.iter().any(|line| line.deposit_percent > 0);
    let is_regular = match (cooperative.regular_after, basket.agreement.buyer) {
        (Some(after), Some(buyer)) if needs_deposit => {
            store::count_completed_orders(conn, cooperative.id, buyer, after.into())? >= after.into()
        }
        _ => false,
    };
    for line in lines.iter_mut().filter(|line| takes_deposit(line)) {
        line.deposit_percent = if is_regular { 0 } else { line.deposit_percent.max(min_percent) };
        line.deposit = line.total.percent(line.deposit_percent);
    }
    Ok(())
}

/// Loads the products of the lines, in their order; reports unknown products.
fn load_products(conn: &mut Conn, basket: &Basket, errors: &mut FieldErrors) -> Result<Vec<Product>, QuoteError> {
    let mut ids: Vec<ProductId> = basket.lines.iter().map(|line| line.product).collect();
    ids.sort_unstable();
    ids.dedup();
    let known: HashMap<ProductId, Product> = catalogue::find_many_of_any_status(conn, &ids)?
        .into_iter()
        .filter(|product| product.cooperative == basket.cooperative && product.status != ProductStatus::Draft)
        .map(|product| (product.id, product))
        .collect();
    let mut products = Vec::with_capacity(basket.lines.len());
    for (position, line) in basket.lines.iter().enumerate() {
        let Some(product) = known.get(&line.product) else {
            errors.add(format!("/lines/{position}/product"), Rule::UnknownReference);
            continue;
        };
        if product.status == ProductStatus::Retired {
            return Err(QuoteError::NotOnSale { line: position });
        }
        let fault = product.check_quantity(line.quantity).err();
        let is_below_minimum = |fault: &OrderQuantityError| matches!(fault, OrderQuantityError::BelowMinimum { .. });
        let on_step = line.quantity.is_multiple_of(product.quantity_step);
        let is_allowed =
            |fault: &OrderQuantityError| basket.agreement.over_the_counter && is_below_minimum(fault) && on_step;
        if let Some(fault) = fault.filter(|fault| !is_allowed(fault)) {
            errors.add(format!("/lines/{position}/quantity"), fault);
        }
        let on_step = line.at_least.is_none_or(|at_least| at_least.is_multiple_of(product.quantity_step));
        errors.require(on_step, &format!("/lines/{position}/at_least"), Rule::OffStep);
        products.push(product.clone());
    }
    Ok(products)
}

fn delivery_fee(conn: &mut Conn, basket: &Basket, errors: &mut FieldErrors) -> Result<Rupiah, QuoteError> {
    let delivery = &basket.delivery;
    if let Some(point) = delivery.point {
        errors.require(
            store::is_active_point(conn, basket.cooperative, point)?,
            "/delivery/point",
            Rule::UnknownReference,
        );
    }
    match (delivery.kind.terms().fee, delivery.zone) {
        (DeliveryFee::OfZone, Some(zone)) => {
            let fee = store::find_zone_fee(conn, basket.cooperative, zone)?;
            errors.require(fee.is_some(), "/delivery/zone", Rule::UnknownReference);
            Ok(fee.unwrap_or(Rupiah::ZERO))
        }
        _ => Ok(delivery.fee.unwrap_or(Rupiah::ZERO)),
    }
}

/// Plans and prices one line, and takes its quantity from the stock snapshot.
fn quote_line(
    stock: &mut Stock,
    now: Instant,
    whole: &Basket,
    position: usize,
    line: &BasketLine,
    product: &Product,
) -> Result<QuotedLine, QuoteError> {
    let (needed_on, agreement) = (whole.needed_on, &whole.agreement);
    let mut terms = *stock.terms(product.id).ok_or(QuoteError::NotOnSale { line: position })?;
    terms.open_days_ahead = terms.open_days_ahead.max(agreement.days_ahead);
    let at_least = line.at_least.unwrap_or(line.quantity);
    let basket =
        |ready_on, at_least| ClaimRequest { terms, ready_on, batch: line.batch, quantity: line.quantity, at_least };
    let ready_on_wish = if agreement.over_the_counter { Some(terms.today(now)) } else { line.ready_on };
    let mut planned = stock.plan(now, &basket(ready_on_wish, at_least));
    if ready_on_wish.is_none()
        && let (Some(needed_on), Ok(plan)) = (needed_on, &planned)
    {
        let keeps = plan.best_before.is_none_or(|best_before| needed_on <= best_before);
        if plan.ready_on > needed_on || !keeps {
            // Too late for the day it is needed, or past its best-before date then: only that day itself remains.
            planned = stock.plan(now, &basket(Some(needed_on), at_least));
        }
    }
    let (plan, unavailable) = match planned {
        Ok(plan) if plan.quantity < line.quantity => {
            let unavailable = stock.plan(now, &basket(Some(plan.ready_on), line.quantity)).err();
            (Some(plan), unavailable)
        }
        Ok(plan) => (Some(plan), None),
        Err(unavailable) => match unavailable.reason {
            UnavailableReason::NotOnSale => return Err(QuoteError::NotOnSale { line: position }),
            UnavailableReason::PastDay => {
                let pointer = format!("/lines/{position}/ready_on");
                return Err(QuoteError::Invalid(FieldErrors::single(pointer, Rule::DayPast)));
            }
            UnavailableReason::UnknownBatch => {
                return Err(QuoteError::Invalid(FieldErrors::single(
                    format!("/lines/{position}/batch"),
                    Rule::UnknownReference,
                )));
            }
            _ => (None, Some(unavailable)),
        },
    };
    if let Some(plan) = &plan {
        stock.reserve(now, product.id, plan);
    }
    let quantity = plan.as_ref().map_or(Quantity::ZERO, |plan| plan.quantity);
    let agreed_price = agreement.prices.get(&product.id).copied();
    let own_price = agreed_price.or_else(|| plan.as_ref().and_then(|plan| plan.unit_price_override));
    let priced_for = if quantity.is_positive() { quantity } else { line.quantity };
    let usual = own_price.unwrap_or_else(|| product.price_for(priced_for));
    // An agreed price is not discounted further.
    let discount = plan.as_ref().filter(|_| agreed_price.is_none()).and_then(|plan| plan.discount);
    let unit_price = discount.map_or(usual, |discount| discount.apply(usual));
    let discounted_from = discount.filter(|_| unit_price < usual).map(|discount| (discount.kind, usual));
    let total = quantity.total_at(unit_price)?;
    let is_made = plan.as_ref().is_none_or(|plan| plan.cutoff_at.is_none());
    let own_percent = plan.as_ref().and_then(|plan| u8::try_from(plan.deposit_percent?).ok());
    let asks_nothing = is_made || agreement.on_account_pay_by.is_some();
    let deposit_percent = if asks_nothing { 0 } else { own_percent.unwrap_or(product.deposit_percent) };
    Ok(QuotedLine {
        product: product.clone(),
        terms,
        wanted: line.quantity,
        at_least,
        quantity,
        unit_price,
        discounted_from,
        total,
        deposit_percent,
        deposit: total.percent(deposit_percent),
        plan,
        unavailable,
    })
}

/// The rules for deposit and cancelling, as a sentence.
pub fn deposit_rule(language: Language, deposit: Rupiah, cancellable: &str) -> String {
    match (language, deposit > Rupiah::ZERO) {
        (Language::Indonesian, true) => format!(
            "Uang muka {deposit} dibayar sebelum barang dibuat. Batal sebelum {cancellable} tanpa biaya dan uang muka \
             kembali; sesudah itu hanya lewat pengurus kelompok."
        ),
        (Language::Indonesian, false) => format!(
            "Tanpa uang muka. Batal sebelum {cancellable} tanpa biaya; sesudah itu hanya lewat pengurus kelompok."
        ),
        (Language::English, true) => format!(
            "A deposit of {deposit} is paid before the goods are made. Cancelling before {cancellable} is free and the \
             deposit goes back; later only through an officer of the group."
        ),
        (Language::English, false) => {
            format!("No deposit. Cancelling before {cancellable} is free; later only through an officer of the group.")
        }
    }
}
