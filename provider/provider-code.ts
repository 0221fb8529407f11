/**
 * What the state stores as the code of each registration, twice, and what `destroy` runs years later. It
 * only finds the installed package, so fixes reach every registration and no secret can be captured
 * in it. It is constant across releases, and short: a double quote would be stored as two characters.
 *
 * Without the package, `check` fails, which comes before everything that creates or updates, and so does
 * `delete`. The host repeats the state when there is no `read`.
 */
export const providerCode =
  "exports.handler=_=>{try{return require('pulumi-vcc/dynamic')}" +
  "catch(e){let f=_=>{throw e};return{check:f,delete:f}}}";
