"""From signing in over the product list and an order to the sales report, through the generated client.

Arguments: the server's URL, the password, the logins of a buyer and of a group's officer, the group's id.
"""
import sys
import uuid

import openapi_client as api

url, password, buyer, officer, group = sys.argv[1:]


def sign_in(login):
    accounts = api.AccountsApi(api.ApiClient(api.Configuration(host=url)))
    tokens = accounts.sign_in(api.SignInBody(login=login, password=password))
    return api.ApiClient(api.Configuration(host=url, access_token=tokens.access_token))


def place_order(orders, cooperatives, products):
    for product in products:
        point = cooperatives.list_pickup_points(product.cooperative).data[0]
        basket = {
            "cooperative": product.cooperative,
            "lines": [api.BasketLine(product=product.id, quantity=product.minimum_quantity)],
            "delivery": api.DeliveryChoice(kind=api.DeliveryKind.PICKUP, point=point.id),
        }
        quote = orders.quote_order(api.QuoteRequest(**basket))
        if quote.complete and quote.deposit_due == 0:
            return orders.place_order(str(uuid.uuid4()), api.PlaceOrder(**basket, expected_total=quote.total))
    sys.exit(f"none of {len(products)} products can be ordered")


as_buyer, as_officer = sign_in(buyer), sign_in(officer)
sales = api.SalesApi(as_officer)
before = sales.get_group_sales(group)
products = api.CatalogueApi(as_buyer).list_products(group=group, limit=100)
order = place_order(api.OrdersApi(as_buyer), api.CooperativesApi(as_buyer), products.data)
for action in (api.FulfilmentAction.ACCEPT, api.FulfilmentAction.HAND_OVER):
    transition = api.PartTransition(action=action)
    api.OrdersApi(as_officer).transition_fulfilment(order.fulfilments[0].id, str(uuid.uuid4()), transition)
sold = sales.get_group_sales(group).totals.amount - before.totals.amount
if sold != order.goods_total:
    sys.exit(f"the report rose by {sold} instead of {order.goods_total}")
print(f"   Python: {order.number} of Rp{order.total} is in the report")
