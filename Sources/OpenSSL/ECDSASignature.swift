import COpenSSL

/// The two forms of an ECDSA signature on P-256: r and s side by side as in JWS, and DER as in OpenSSL.
enum ECDSASignature {
    static func der(fromRaw raw: [UInt8]) -> [UInt8]? {
        guard raw.count == 64, let signature = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(signature) }
        guard let r = BN_bin2bn(Array(raw[..<32]), 32, nil) else { return nil }
        guard let s = BN_bin2bn(Array(raw[32...]), 32, nil) else {
            BN_free(r)
            return nil
        }
        // Takes over both numbers.
        guard ECDSA_SIG_set0(signature, r, s) == 1 else {
            BN_free(r)
            BN_free(s)
            return nil
        }
        let size = i2d_ECDSA_SIG(signature, nil)
        guard size > 0 else { return nil }
        var der = [UInt8](repeating: 0, count: Int(size))
        der.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            _ = i2d_ECDSA_SIG(signature, &start)
        }
        return der
    }

    static func raw(fromDER der: [UInt8]) -> [UInt8]? {
        der.withUnsafeBufferPointer { buffer -> [UInt8]? in
            var start = buffer.baseAddress
            guard let signature = d2i_ECDSA_SIG(nil, &start, buffer.count) else { return nil }
            defer { ECDSA_SIG_free(signature) }
            var r = [UInt8](repeating: 0, count: 32)
            var s = r
            guard BN_bn2binpad(ECDSA_SIG_get0_r(signature), &r, 32) == 32,
                BN_bn2binpad(ECDSA_SIG_get0_s(signature), &s, 32) == 32
            else { return nil }
            return r + s
        }
    }
}
