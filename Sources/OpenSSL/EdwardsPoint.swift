import COpenSSL

/// What OpenSSL leaves unchecked when it takes a public key for Ed25519.
enum EdwardsPoint {
    /// 2^255 - 19.
    private static let prime = "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFED"
    /// -121665/121666, the constant of the curve -x² + y² = 1 + d·x²·y².
    private static let d = "52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3"
    /// The y of points whose order divides 8: under such a key a signature fits messages that nobody signed.
    private static let smallOrders = [
        "0", "1", "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEC",
        "7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7",
        "05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826",
    ]

    /// Whether 32 bytes are the one encoding of a point of the curve that is not of small order.
    static func isSound(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 32, let context = BN_CTX_new() else { return false }
        BN_CTX_start(context)
        defer {
            BN_CTX_end(context)
            BN_CTX_free(context)
            ERR_clear_error()
        }
        // Little-endian; the highest bit is the sign of x.
        var big = Array(bytes.reversed())
        big[0] &= 0x7F
        guard let y = BN_CTX_get(context), let p = number(prime, context), BN_bin2bn(big, 32, y) != nil,
            BN_cmp(y, p) < 0
        else { return false }
        for order in smallOrders {
            guard let small = number(order, context), BN_cmp(y, small) != 0 else { return false }
        }
        return isOnCurve(y, p, context)
    }

    /// x² = (y² - 1) / (d·y² + 1) has a root where the product of both is a square.
    private static func isOnCurve(_ y: OpaquePointer, _ p: OpaquePointer, _ context: OpaquePointer) -> Bool {
        guard let one = number("1", context), let d = number(d, context), let above = BN_CTX_get(context),
            let below = BN_CTX_get(context), let product = BN_CTX_get(context),
            BN_mod_sqr(above, y, p, context) == 1, BN_mod_mul(below, above, d, p, context) == 1,
            BN_mod_add(below, below, one, p, context) == 1, BN_mod_sub(above, above, one, p, context) == 1,
            BN_mod_mul(product, above, below, p, context) == 1
        else { return false }
        return BN_kronecker(product, p, context) == 1
    }

    private static func number(_ hexadecimal: String, _ context: OpaquePointer) -> OpaquePointer? {
        var number = BN_CTX_get(context)
        return number != nil && BN_hex2bn(&number, hexadecimal) > 0 ? number : nil
    }
}
