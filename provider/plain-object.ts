/**
 * Whether a value is an object of names and values, and nothing else. The content of a `Map`, of
 * `Headers` or of any other class is not in its properties, and what an object inherits was not
 * written by whoever declares it. The name `__proto__` sets a prototype wherever the object is
 * copied.
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
