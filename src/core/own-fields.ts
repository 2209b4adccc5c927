/**
 * Options with own fields only. What another package wrote into `Object.prototype` is none of them, and would be read
 * wherever an optional field is absent.
 */
export const ownFields = <A extends object>(options: A): A => Object.assign(Object.create(null), options)
