/** Where a request for the host of an endpoint goes. */
export type Redirect = (url: string) => string;

/**
 * @param deliverTo replaces scheme, host and port of every URL, if given
 * @throws TypeError if that is not an http or https URL without path
 */
export function createRedirect(deliverTo: string | undefined): Redirect {
  if (deliverTo === undefined) return (url) => url;
  const target = URL.canParse(deliverTo) ? new URL(deliverTo) : undefined;
  if (
    target === undefined ||
    !/^https?:$/.test(target.protocol) ||
    target.href !== `${target.origin}/`
  ) {
    throw new TypeError(
      "deliverTo must be an http or https URL without a path, like http://127.0.0.1:8080",
    );
  }
  return (url) => {
    const { pathname, search } = new URL(url);
    return `${target.origin}${pathname}${search}`;
  };
}
