/** Runs once, when the server starts. */
export const register = async (): Promise<void> => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { openShop } = await import('./lib/shop')
  await openShop()
}
