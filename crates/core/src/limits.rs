//! Every named limit of the system, in one table; nothing else in the code states such a number.

/// One limit: its name, its value, its unit, and what happens past it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Stable name, as documented in proto/README.md.
    pub name: &'static str,
    /// The value.
    pub value: u64,
    /// `bytes`, `count`, `seconds`, `characters`, ...
    pub unit: &'static str,
    /// What it bounds.
    pub bounds: &'static str,
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])* $constant:ident = $value:literal, $unit:literal;)*) => {
        $($(#[doc = $doc])* pub const $constant: u64 = $value;)*

        /// The whole table.
        pub const ALL: &[Limit] = &[
            $(Limit { name: stringify!($constant), value: $constant, unit: $unit, bounds: concat!($($doc),*) },)*
        ];
    };
}

limits! {
    /// A request message.
    REQUEST_BYTES_MAX = 262144, "bytes";
    /// A message of an import stream.
    IMPORT_MESSAGE_BYTES_MAX = 4194304, "bytes";
    /// The document of a protocol.
    PROTOCOL_BYTES_MAX = 196608, "bytes";
    /// Golden cases of one request.
    GOLDEN_CASES_MAX = 100, "count";
    /// Hypothetical facts of one simulation.
    HYPOTHETICAL_FACTS_MAX = 100, "count";
    /// How long after its deletion a patient can be undeleted.
    UNDELETE_DAYS_MAX = 30, "days";
    /// How far ahead a simulation may ask.
    SIMULATION_DAYS_AHEAD_MAX = 365, "days";
    /// An answer.
    RESPONSE_BYTES_MAX = 4194304, "bytes";
    /// The header list of a request.
    HEADER_LIST_BYTES_MAX = 16384, "bytes";
    /// Streams at once on one connection.
    CONCURRENT_STREAMS_MAX = 100, "count";
    /// Streams that the server resets by itself on one connection before it closes it.
    LOCAL_ERROR_RESET_STREAMS_MAX = 1024, "count";
    /// Streams reset by the peer before they were accepted.
    PENDING_ACCEPT_RESET_STREAMS_MAX = 20, "count";
    /// The age of a connection, before it is asked to go away.
    CONNECTION_AGE_SECONDS_MAX = 900, "seconds";
    /// The age of a health watch or a reflection stream, before it is ended with UNAVAILABLE, and of a replay, before it
    /// is ended with RESOURCE_EXHAUSTED.
    OPEN_STREAM_SECONDS_MAX = 900, "seconds";
    /// Between two looks whether who reads an open stream would still be let in.
    OPEN_STREAM_ACCESS_INTERVAL_SECONDS = 20, "seconds";
    /// An HTTP/2 frame that the server accepts.
    FRAME_BYTES_MAX = 16384, "bytes";
    /// Request bytes that one stream may send ahead of the server.
    STREAM_WINDOW_BYTES = 524288, "bytes";
    /// Request bytes that one connection may send ahead of the server.
    CONNECTION_WINDOW_BYTES = 2097152, "bytes";
    /// Between two keep-alive pings.
    KEEPALIVE_INTERVAL_SECONDS = 30, "seconds";
    /// The wait for the answer to a keep-alive ping.
    KEEPALIVE_TIMEOUT_SECONDS = 10, "seconds";
    /// The handshake of TLS, before its connection is cut.
    HANDSHAKE_SECONDS_MAX = 5, "seconds";
    /// Handshakes of TLS at once; more connections wait for one to end.
    HANDSHAKES_AT_ONCE_MAX = 256, "count";
    /// Between two looks at the files of the server's certificate.
    CERTIFICATE_READ_INTERVAL_SECONDS = 5, "seconds";
    /// A read, unless the caller's deadline is shorter.
    READ_SECONDS_MAX = 5, "seconds";
    /// A write, unless the caller's deadline is shorter.
    WRITE_SECONDS_MAX = 10, "seconds";
    /// Between health saying NOT_SERVING and the listener closing, so that load balancers see it.
    DRAIN_PAUSE_MILLISECONDS = 300, "milliseconds";
    /// The drain of calls in flight after SIGTERM or SIGINT.
    DRAIN_SECONDS_MAX = 20, "seconds";
    /// Rows of a page when the caller names no page_size.
    PAGE_SIZE_DEFAULT = 50, "count";
    /// Rows of a page at most.
    PAGE_SIZE_MAX = 1000, "count";
    /// Items of one repeated field at most.
    REPEATED_ITEMS_MAX = 200, "count";
    /// A display name or a person's name.
    NAME_CHARACTERS_MAX = 200, "characters";
    /// A note or other free text.
    NOTE_CHARACTERS_MAX = 10000, "characters";
    /// A code, system or device text.
    CODE_CHARACTERS_MAX = 100, "characters";
    /// Clock skew that a fact's time may lie ahead of ours.
    FUTURE_GRACE_SECONDS = 600, "seconds";
    /// How long an idempotent answer is kept.
    REQUEST_ID_KEPT_SECONDS = 2592000, "seconds";
    /// Calls at work at once in one process; more are refused with a retry hint.
    CALLS_AT_ONCE_MAX = 512, "count";
    /// Replays under way at once in one process; more are refused with a retry hint.
    REPLAYS_AT_ONCE_MAX = 2, "count";
    /// The retry hint of RESOURCE_EXHAUSTED and UNAVAILABLE.
    RETRY_AFTER_SECONDS = 1, "seconds";
    /// The x-request-id that a caller may choose.
    CALL_ID_CHARACTERS_MAX = 64, "characters";
    /// The details of an error; some clients (gRPC for Java) drop an answer with more than 8 KiB of headers.
    ERROR_DETAILS_BYTES_MAX = 5000, "bytes";
    /// The message of an error.
    ERROR_MESSAGE_CHARACTERS_MAX = 600, "characters";
}
