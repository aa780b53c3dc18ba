import CLibssl
import Foundation

/// libssl refused something that cannot fail on a healthy machine.
struct TLSProblem: Error, CustomStringConvertible {
  let description: String
}

/// A certificate and its private key, invented when the program starts. They live as long as it does.
struct Certificate: @unchecked Sendable {
  let x509: OpaquePointer
  let key: OpaquePointer

  /// What a certificate says.
  struct Claims {
    var name: String
    /// Days from now on which it begins and ends.
    var from = -1
    var to = 1
    /// `IP:127.0.0.1` or `DNS:host.example`; none for an authority.
    var host: String?
  }

  /// Signed by `issuer`, or by itself without one.
  init(_ claims: Claims, issuer: Certificate? = nil) throws {
    guard let key = Self.newKey(), let x509 = X509_new(),
      let name = X509_NAME_new(),
      X509_NAME_add_entry_by_txt(name, "CN", Self.textType, claims.name, -1, -1, 0) == 1
    else { throw TLSProblem(description: "no certificate can be made") }
    defer { X509_NAME_free(name) }
    self.key = key
    self.x509 = x509
    let issuerName = issuer.map { X509_get_subject_name($0.x509) } ?? name
    var steps = [
      X509_set_version(x509, 2), ASN1_INTEGER_set(X509_get_serialNumber(x509), Int.random(in: 1...1 << 40)),
      X509_set_subject_name(x509, name), X509_set_issuer_name(x509, issuerName), X509_set_pubkey(x509, key),
      X509_gmtime_adj(X509_getm_notBefore(x509), claims.from * 86_400) == nil ? 0 : 1,
      X509_gmtime_adj(X509_getm_notAfter(x509), claims.to * 86_400) == nil ? 0 : 1,
    ]
    let constraint = claims.host == nil ? "critical,CA:TRUE" : "critical,CA:FALSE"
    for (kind, value) in [(NID_basic_constraints, constraint), (NID_subject_alt_name, claims.host)] {
      guard let value, let extra = X509V3_EXT_conf_nid(nil, nil, kind, value) else { continue }
      steps.append(X509_add_ext(x509, extra, -1))
      X509_EXTENSION_free(extra)
    }
    steps.append(X509_sign(x509, issuer?.key ?? key, EVP_sha256()) > 0 ? 1 : 0)
    guard steps.allSatisfy({ $0 == 1 }) else {
      throw TLSProblem(description: "the certificate \(claims.name) cannot be made")
    }
  }

  /// MBSTRING_ASC, which Swift does not see.
  private static let textType: Int32 = 0x1001

  private static func newKey() -> OpaquePointer? {
    guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
      EVP_PKEY_keygen(context, &key) == 1
    else { return nil }
    return key
  }

  /// The certificate as a `ca_file` holds it.
  var pem: String {
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509(x509, &bytes)
    guard count > 0, let bytes else { return "" }
    defer { CRYPTO_free(bytes, #file, #line) }
    let text = Data(bytes: bytes, count: Int(count)).base64EncodedString(options: .lineLength64Characters)
    return "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
  }
}
