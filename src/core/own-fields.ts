/**
 * Options with own fields only. They leave out what another package wrote into `Object.prototype`, which would be
 * read wherever an optional field is absent.
 */
export const ownFields = <A extends object>(options: A): A => Object.assign(Object.create(null), options)
