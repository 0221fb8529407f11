import * as v from "valibot";

/** A JSON object. valibot's objects accept arrays, too. */
export const JsonObject = v.custom<object>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

const whole = v.pipe(v.number(), v.integer());
export const positive = v.pipe(whole, v.minValue(1));
export const notNegative = v.pipe(whole, v.minValue(0));

/** In milliseconds, up to the longest delay that timers support. */
export const delay = v.pipe(notNegative, v.maxValue(2 ** 31 - 1));
