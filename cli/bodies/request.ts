import { type Region, regions } from "../../provider/accounts/settings";

/** A `POST /Register` that init has found. */
export interface Request {
  /** How messages name it, like `register.sh, line 3`. */
  where: string;
  /** The body, as JSON with marked variables. */
  json: string;
  /** It may have variables. */
  url: string;
}

/** Whether a URL ends with `/Register`, in any case, as VCC accepts it. */
export function isRegisterUrl(url: string): boolean {
  return /\/register\/?(?:[?#]|$)/i.test(url);
}

/** The region that the host of a URL names, like `https://emea.api.cc.vonage.com/…`. */
export function regionOf(url: string): Region | undefined {
  const [, label] =
    /^https:\/\/(\w+)\.(?:api\.)?(?:newvoicemedia|cc\.vonage)\.com\//i.exec(url) ?? [];
  return regions.find((region) => region === label?.toLowerCase());
}
