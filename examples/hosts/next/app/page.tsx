import { redirect } from 'next/navigation'
import { createOrder } from '../lib/shop'

const buy = async (form: FormData): Promise<void> => {
  'use server'
  const { nextAction } = await createOrder(String(form.get('reference')))
  if (nextAction?.type === 'redirect') redirect(nextAction.url)
}

const Page = () => (
  <form action={buy}>
    <input name="reference" />
    <button type="submit">Buy</button>
  </form>
)

export default Page
