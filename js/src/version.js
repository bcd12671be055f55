/** The library's version, as `hello` tells it to the daemon. */
export const version = '0.1.0'

/** The version of the protocol that this library speaks. */
export const protocolVersion = 1
