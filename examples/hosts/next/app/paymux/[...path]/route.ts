import { openShop } from '../../../lib/shop'

// Next.js does not say which address a request comes from.
export const POST = async (request: Request): Promise<Response> => {
  const shop = await openShop()
  return shop.webhooks.handle(request, { address: '' })
}
