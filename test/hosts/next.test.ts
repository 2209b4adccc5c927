import { succeed } from './packed.js'
import { servesAShop } from './serves-a-shop.js'

servesAShop(
  'next',
  // Turbopack has to pass over the optional peers that are not there: pg, graphile-worker, libsodium-wrappers.
  (folder) => succeed(folder, 'npm', 'run', 'build'),
  {
    more: (gateway) =>
      it('leads the payer from a server action to the gateway', async () => {
        const page = await fetch(`${gateway().env.SHOP_URL}/`)
        // The form works without scripts: its action is a hidden field.
        const form = new FormData()
        for (const [, name = '', value = ''] of (await page.text()).matchAll(
          /type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g,
        ))
          form.set(name, value)
        form.set('reference', 'ORD-by-action')
        const answer = await fetch(`${gateway().env.SHOP_URL}/`, { method: 'POST', body: form, redirect: 'manual' })
        expect(answer.status).toBe(303)
        expect(answer.headers.get('location')).toContain(gateway().payop.checkoutUrl)
      }),
  },
)
