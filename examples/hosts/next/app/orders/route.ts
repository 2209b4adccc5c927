import { createOrder } from '../../lib/shop'

export const POST = async (request: Request): Promise<Response> => {
  const { reference } = await request.json()
  return Response.json(await createOrder(reference))
}
