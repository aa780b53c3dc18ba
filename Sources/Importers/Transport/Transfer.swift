import CLibcurl
import ReconcileCore

/// One transfer in progress. After it is handed to the loop, only the loop's thread touches it.
final class Transfer: @unchecked Sendable {
  /// A body beyond this ends the transfer; libcurl's own limit does not count chunked bodies.
  static let bodyLimit = 16 << 20
  private static let headerLimit = 256 << 10

  let id: UInt64
  let request: HTTPRequest
  private let agent: String
  private let finish: @Sendable (Result<HTTPResponse, TransportError>) -> Void
  private(set) var easy: UnsafeMutableRawPointer?
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private let errorText: UnsafeMutablePointer<CChar>

  private var response = HTTPResponse(status: 0)
  private var headerBytes = 0
  private var bodyBytes = 0
  private var headersComplete = false
  private var isTooLarge = false
  private var isSent = false
  let startedAt: Double
  private var lastByteAt: Double
  private var ports: (local: Int32, remote: Int32) = (0, 0)

  init(
    id: UInt64, request: HTTPRequest, agent: String, now: Double,
    finish: @escaping @Sendable (Result<HTTPResponse, TransportError>) -> Void
  ) {
    self.id = id
    self.request = request
    self.agent = agent
    self.finish = finish
    startedAt = now
    lastByteAt = now
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit { errorText.deallocate() }

  /// Makes the easy handle; nil when curl refuses an option, because an option silently missing would be worse.
  func prepare() -> UnsafeMutableRawPointer? {
    guard let easy = curl_easy_init() else { return nil }
    self.easy = easy
    var results: [CURLcode] = []
    func set(_ option: CURLoption, _ value: Int) { results.append(rc_set_long(easy, option, value)) }
    func set(_ option: CURLoption, _ text: String?) { results.append(rc_set_text(easy, option, text)) }

    set(CURLOPT_URL, request.revealedURL())
    set(CURLOPT_PROTOCOLS_STR, request.base.scheme)
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_HTTPGET, 1)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(request.timeoutSeconds * 1_000)))
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
    set(CURLOPT_USERAGENT, agent)
    if request.usesOwnConnection {
      set(CURLOPT_FRESH_CONNECT, 1)
      set(CURLOPT_FORBID_REUSE, 1)
    }
    if request.base.isLoopback { set(CURLOPT_PROXY, "") }
    if let file = request.caFile {
      set(CURLOPT_CAINFO, file)
      set(CURLOPT_CAPATH, nil)
    }

    for line in [request.credential.revealedLine(), "Accept: application/json"] {
      guard let list = curl_slist_append(headerList, line) else { return nil }
      headerList = list
    }
    results.append(rc_set_headers(easy, headerList))

    let context = Unmanaged.passUnretained(self).toOpaque()
    results.append(rc_set_pointer(easy, CURLOPT_WRITEDATA, context))
    results.append(rc_set_pointer(easy, CURLOPT_HEADERDATA, context))
    results.append(rc_set_pointer(easy, CURLOPT_PREREQDATA, context))
    results.append(rc_set_data_callback(easy, CURLOPT_WRITEFUNCTION, receiveBody))
    results.append(rc_set_data_callback(easy, CURLOPT_HEADERFUNCTION, receiveHeader))
    results.append(rc_set_ready_callback(easy, becomeReady))
    results.append(rc_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
    return results.allSatisfy { $0 == CURLE_OK } ? easy : nil
  }

  /// Ends the transfer with curl's verdict.
  func end(_ code: CURLcode) {
    // Once a status other than 200 is known, trouble with a body that nobody reads changes nothing.
    if headersComplete, code == CURLE_OK || response.status != 200 { return deliver(.success(response)) }
    switch code {
    case CURLE_OK: deliver(.failure(.connection("the answer ended within its headers")))
    case _ where isTooLarge: deliver(.failure(.tooLarge))
    // What curl says of a header line that is longer than it takes.
    case CURLE_OUT_OF_MEMORY where isSent: deliver(.failure(.tooLarge))
    case CURLE_OPERATION_TIMEDOUT: deliver(.failure(.timeout))
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
      deliver(.failure(.certificate(String(cString: errorText))))
    case CURLE_ABORTED_BY_CALLBACK: deliver(.failure(.connection("the server closed a kept connection")))
    case CURLE_SSL_CACERT_BADFILE: deliver(.failure(.setup("ca_file cannot be read as certificates")))
    // The scheme is one of ours, so this speaks of what came back.
    case CURLE_UNSUPPORTED_PROTOCOL: deliver(.failure(.connection("the answer is not HTTP")))
    case CURLE_URL_MALFORMAT, CURLE_OUT_OF_MEMORY, CURLE_BAD_FUNCTION_ARGUMENT:
      deliver(.failure(.setup(Self.words(of: code))))
    default: deliver(.failure(.connection(Self.words(of: code))))
    }
  }

  /// Ends the transfer before curl does.
  func abort(_ error: TransportError) {
    if error != .cancelled, headersComplete, response.status != 200 { return deliver(.success(response)) }
    deliver(.failure(error))
  }

  /// When this transfer has to be looked at again; nil when it is over its time already.
  func nextCheck(now: Double) -> Double? {
    guard now - startedAt < request.maximumSeconds else { return nil }
    let end = startedAt + request.maximumSeconds
    // Before the request is on its way curl's connect timeout holds; this is its safety net.
    let patience = isSent ? request.timeoutSeconds : request.timeoutSeconds + 5
    guard now - lastByteAt >= patience else { return min(end, lastByteAt + patience) }
    // curl reports headers by the line; a line that comes byte by byte is seen on the socket only.
    let silence = isSent ? rc_silence(ports.local, ports.remote) : -1
    guard silence >= 0, now - Double(silence) / 1_000 > lastByteAt else { return nil }
    lastByteAt = now - Double(silence) / 1_000
    return now - lastByteAt < patience ? min(end, lastByteAt + patience) : nil
  }

  func release() {
    if let easy { curl_easy_cleanup(easy) }
    easy = nil
    curl_slist_free_all(headerList)
    headerList = nil
  }

  /// The connection stands and the request goes out: once. A second time means that curl found a kept
  /// connection dead and would send again by itself, past the limits that count every request.
  fileprivate func ready(from local: Int32, to remote: Int32) -> Bool {
    guard !isSent else { return false }
    isSent = true
    ports = (local, remote)
    touch()
    return true
  }

  fileprivate func header(_ bytes: UnsafeRawBufferPointer) -> Bool {
    touch()
    headerBytes += bytes.count
    guard headerBytes <= Self.headerLimit else {
      isTooLarge = true
      return false
    }
    ResponseHeaders.apply(bytes, to: &response, complete: &headersComplete)
    return true
  }

  fileprivate func body(_ bytes: UnsafeRawBufferPointer) -> Bool {
    touch()
    bodyBytes += bytes.count
    guard bodyBytes <= Self.bodyLimit else {
      isTooLarge = true
      response.body = []
      return false
    }
    if response.status == 200 { response.body.append(contentsOf: bytes) }
    return true
  }

  private func touch() { lastByteAt = MonotonicTime.now() }

  private func deliver(_ result: Result<HTTPResponse, TransportError>) { finish(result) }

  /// Fixed words for the number; curl's own message could repeat parts of a URL.
  private static func words(of code: CURLcode) -> String {
    curl_easy_strerror(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
  }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
  context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private let receiveBody: rc_data_callback = { data, size, count, context in
  let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
  return transfer(context)?.body(bytes) == true ? size * count : 0
}

private let receiveHeader: rc_data_callback = { data, size, count, context in
  let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
  return transfer(context)?.header(bytes) == true ? size * count : 0
}

private let becomeReady: rc_ready_callback = { context, _, _, remote, local in
  transfer(context)?.ready(from: local, to: remote) == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
