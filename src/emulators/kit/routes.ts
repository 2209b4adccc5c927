/**
 * A route as the gateway documents it: a method and a path with `:name` for one segment, as in `GET /v1/invoices/:id`.
 * `*` is every request.
 */
export type Route = string

/** Whether a request is on a route. */
export const matches = (route: Route, method: string, path: string): boolean => {
  if (route === '*') return true
  const [routeMethod, routePath = ''] = route.split(' ')
  if (routeMethod !== method) return false
  const pattern = routePath.split('/')
  const segments = path.split('/')
  return (
    pattern.length === segments.length && pattern.every((part, at) => part.startsWith(':') || part === segments[at])
  )
}
