/**
 * Whether a value is an object of names and values, and nothing else. Objects of a class, such as `Map` or
 * `Headers`, hold their content elsewhere. Inherited properties were not declared by the user. The name
 * `__proto__` sets a prototype when the object is copied.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Object.hasOwn(value, "__proto__")) {
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  // `Object.prototype`, which differs between realms, has no prototype and this method.
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf"))
  );
}
