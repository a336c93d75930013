// From signing in over the product list and an order to the sales report, through the generated client.
// Arguments: the server's URL, the password, the logins of a buyer and of a group's officer, the group's id.
import { AccountsApi, CatalogueApi, Configuration, CooperativesApi, OrdersApi, SalesApi } from './typescript-fetch';

declare const process: { argv: string[] };
const [url, password, buyer, officer, group] = process.argv.slice(2);

async function signIn(login: string): Promise<Configuration> {
    const accounts = new AccountsApi(new Configuration({ basePath: url }));
    const { accessToken } = await accounts.signIn({ signInBody: { login, password } });
    return new Configuration({ basePath: url, accessToken });
}

async function main() {
    const asBuyer = await signIn(buyer);
    const asOfficer = await signIn(officer);
    const orders = new OrdersApi(asBuyer);
    const sales = new SalesApi(asOfficer);
    const before = await sales.getGroupSales({ id: group });

    const products = await new CatalogueApi(asBuyer).listProducts({ group, limit: 100 });
    for (const product of products.data) {
        const points = await new CooperativesApi(asBuyer).listPickupPoints({ id: product.cooperative });
        const basket = {
            cooperative: product.cooperative,
            lines: [{ product: product.id, quantity: product.minimumQuantity }],
            delivery: { kind: 'pickup' as const, point: points.data[0].id },
        };
        const quote = await orders.quoteOrder({ quoteRequest: basket });
        if (!quote.complete || quote.depositDue > 0) continue;

        const placeOrder = { ...basket, expectedTotal: quote.total };
        const order = await orders.placeOrder({ idempotencyKey: crypto.randomUUID(), placeOrder });
        const fulfilments = new OrdersApi(asOfficer);
        for (const action of ['accept', 'hand_over'] as const) {
            await fulfilments.transitionFulfilment({
                id: order.fulfilments[0].id,
                idempotencyKey: crypto.randomUUID(),
                partTransition: { action },
            });
        }
        const after = await sales.getGroupSales({ id: group });
        const sold = after.totals.amount - before.totals.amount;
        if (sold !== quote.goodsTotal) throw new Error(`the report rose by ${sold} instead of ${quote.goodsTotal}`);
        console.log(`   TypeScript: ${order.number} of Rp${order.total} is in the report`);
        return;
    }
    throw new Error(`none of ${products.data.length} products can be ordered`);
}

main().catch(async (error) => {
    console.error(error, await error.response?.text());
    throw error;
});
