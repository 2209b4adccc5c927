/** Does on a hosted page what a payer would: opens the link and presses its first button, which pays. */
export const payOnPage = async (link: string): Promise<void> => {
  const page = await (await fetch(link)).text()
  const [, action = ''] = /<form method="post" action="([^"]*)"/.exec(page) ?? []
  const [, name, value] = /<input type="hidden" name="([^"]+)" value="([^"]+)"/.exec(page) ?? []
  if (name === undefined || value === undefined) throw new Error('the hosted page has no button to press')
  // The page sends the payer's browser on to the shop; no shop listens there in the demo.
  const answer = await fetch(new URL(action.replaceAll('&amp;', '&'), link), {
    method: 'POST',
    body: new URLSearchParams({ [name]: value }),
    redirect: 'manual',
  })
  if (answer.status >= 400) throw new Error(`the hosted page answered ${answer.status}`)
}
