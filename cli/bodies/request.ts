/** A `POST /Register` that init has found. */
export interface Request {
  /** How messages name it, like `register.sh, line 3`. */
  where: string;
  /** The body, as JSON with marked variables. */
  json: string;
}

/** Whether a URL ends with `/Register`, in any case, as VCC accepts it. */
export function isRegisterUrl(url: string): boolean {
  return /\/register\/?(?:[?#]|$)/i.test(url);
}
