/**
 * The configuration key by which a `VccAccount` tells its provider process that it is one. The value is
 * the name of the resource. The default provider has the stack's configuration instead.
 */
export const accountObjectKey = "vcc:accountObject";
