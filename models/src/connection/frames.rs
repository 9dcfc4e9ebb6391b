//! How many bytes a packet has: real packets, encoded by real codecs, inside the headers that the
//! RFCs give. Sizes are those of one device's reading; numbers are padded, so that all are alike.
//!
//! Headers: IPv4 20 bytes (RFC 791), UDP 8 (RFC 768), TCP 20 (RFC 9293) with the time stamp option
//! of 12 (RFC 7323); a SYN carries 20 bytes of options. TLS 1.3 messages are laid out after RFC
//! 8446 with X25519, one ECDSA P-256 certificate chain of a stated size, and no resumption.
//!
//! Left out: link-layer framing, IPv6, DNS, cookies, compression, certificates of devices.

use bytes::Bytes;
use coap_lite::{CoapOption, ContentFormat, MessageClass, MessageType, RequestType, ResponseType};
use mqtt_proto::{Pid, QosPid, TopicName, v5};
use serde::{Deserialize, Serialize};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::mqtt::Qos;
use super::settings::{Protocol, Settings};

/// IPv4 and UDP.
const UDP_BYTES: u32 = 20 + 8;
/// IPv4 and TCP with the time stamp option.
const TCP_BYTES: u32 = 20 + 20 + 12;
/// IPv4 and TCP with a SYN's options: segment size, SACK, time stamp, window scale.
const SYN_BYTES: u32 = 20 + 20 + 20;
/// Payload of a full segment on Ethernet.
const SEGMENT_BYTES: u32 = 1_500 - TCP_BYTES;
/// TLS 1.3 record: header 5, content type 1, AEAD tag 16 (RFC 8446, 5.2).
const RECORD_BYTES: u32 = 5 + 1 + 16;
/// Of an alert such as close_notify.
const ALERT_BYTES: u32 = 2 + RECORD_BYTES;
/// DER of an ECDSA P-256 signature at its usual length.
const SIGNATURE_BYTES: u32 = 71;
const HOST: &str = "ingest.example.org";

/// Packets that go one way at once, with all headers.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flight {
    /// All bytes, headers included.
    pub bytes: u32,
    /// Packets: each is one draw of the channel.
    pub packets: u8,
}

impl Flight {
    fn one(bytes: u32) -> Flight {
        Flight { bytes, packets: 1 }
    }
    /// A stream of bytes, cut into segments.
    fn stream(bytes: u32) -> Flight {
        let packets = bytes.div_ceil(SEGMENT_BYTES).max(1);
        Flight { bytes: bytes + packets * TCP_BYTES, packets: packets as u8 }
    }
    /// Bytes of the packet at this place; all together they are the flight.
    pub fn packet_bytes(self, place: u8) -> u32 {
        let packets = u32::from(self.packets);
        self.bytes / packets + u32::from(u32::from(place) < self.bytes % packets)
    }
}

/// What is asked, what answers it, and what follows without being waited for.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// From the sender to the platform.
    pub up: Flight,
    /// No packets where nobody answers.
    pub down: Flight,
    /// The acknowledgement of the answer, a TLS Finished: sent once, never waited for.
    pub trailer_bytes: u32,
}

impl Exchange {
    /// Whether something comes back that is waited for.
    pub fn is_answered(&self) -> bool {
        self.down.packets > 0
    }
}

/// A step of a protocol, each an exchange of its own size.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// SYN and SYN-ACK.
    Open,
    /// ClientHello and the server's flight.
    Secure,
    /// WebSocket's upgrade, MQTT's CONNECT.
    Greet,
    /// A reading.
    Message,
    /// MQTT's PUBREL and PUBCOMP.
    Release,
    /// Ping and pong.
    Ping,
    /// Both sides' FIN; only its bytes are counted.
    Close,
}

/// The exchanges of a protocol for one size of reading.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frames {
    exchanges: [Exchange; 7],
    /// Steps before the first message.
    opening: [Option<Step>; 3],
}

impl Frames {
    /// The sizes of all exchanges, from the codecs of the protocol.
    pub fn new(settings: &Settings) -> Frames {
        let protocol = settings.protocol;
        let tls = settings.tls && protocol.is_stream();
        let mut frames = Frames { exchanges: [Exchange::default(); 7], opening: [None; 3] };
        if protocol.is_stream() {
            frames.stream(settings, tls);
        }
        let message = match protocol {
            Protocol::Datagram => Exchange {
                up: Flight::one(settings.payload_bytes + UDP_BYTES),
                ..Exchange::default()
            },
            Protocol::Coap => coap(settings),
            Protocol::Http => request(settings, tls),
            Protocol::WebSocket => unanswered(web_socket(settings.payload_bytes, true), tls),
            Protocol::Mqtt => publish(settings, tls),
        };
        frames.exchanges[Step::Message as usize] = message;
        frames
    }
    /// What is sent and answered in a step.
    pub fn exchange(&self, step: Step) -> &Exchange {
        &self.exchanges[step as usize]
    }
    /// The step that follows in the opening of a connection.
    pub fn opening(&self, after: Option<Step>) -> Option<Step> {
        let place = after.map_or(0, |step| {
            1 + self.opening.iter().position(|other| *other == Some(step)).unwrap_or(2)
        });
        self.opening.get(place).copied().flatten()
    }
    fn stream(&mut self, settings: &Settings, tls: bool) {
        let open = Exchange {
            up: Flight::one(SYN_BYTES),
            down: Flight::one(SYN_BYTES),
            trailer_bytes: TCP_BYTES,
        };
        let greeting = match settings.protocol {
            Protocol::WebSocket => {
                Some((request_bytes(&web_socket_request()), response_bytes(&web_socket_response())))
            }
            Protocol::Mqtt => Some(connect(settings)),
            _ => None,
        };
        let mut steps = vec![(Step::Open, open)];
        if tls {
            steps.push((Step::Secure, handshake(settings.certificate_bytes)));
        }
        steps.extend(greeting.map(|(up, down)| (Step::Greet, answered(up, down, tls))));
        for (place, (step, exchange)) in steps.into_iter().enumerate() {
            self.opening[place] = Some(step);
            self.exchanges[step as usize] = exchange;
        }
        let alert = if tls { ALERT_BYTES } else { 0 };
        let close = Flight { bytes: 2 * TCP_BYTES + alert, packets: 2 };
        self.exchanges[Step::Close as usize] =
            Exchange { up: close, down: close, trailer_bytes: 0 };
        self.exchanges[Step::Ping as usize] = match settings.protocol {
            Protocol::WebSocket => answered(control(Control::Ping), control(Control::Pong), tls),
            _ => answered(encoded(&v5::Packet::Pingreq), encoded(&v5::Packet::Pingresp), tls),
        };
        let id = Pid::default();
        self.exchanges[Step::Release as usize] = answered(
            encoded(&v5::Packet::Pubrel(v5::Pubrel::new_success(id))),
            encoded(&v5::Packet::Pubcomp(v5::Pubcomp::new_success(id))),
            tls,
        );
    }
}

fn record(bytes: u32, tls: bool) -> u32 {
    if tls { bytes + RECORD_BYTES } else { bytes }
}

/// A message that the other side answers; the answer is acknowledged.
fn answered(up: u32, down: u32, tls: bool) -> Exchange {
    Exchange {
        up: Flight::stream(record(up, tls)),
        down: Flight::stream(record(down, tls)),
        trailer_bytes: TCP_BYTES,
    }
}

/// A message that only TCP acknowledges.
fn unanswered(up: u32, tls: bool) -> Exchange {
    let down = Flight::one(TCP_BYTES);
    Exchange { up: Flight::stream(record(up, tls)), down, trailer_bytes: 0 }
}

/// The full handshake of TLS 1.3 (RFC 8446, section 2 and 4), one round trip.
fn handshake(certificate_bytes: u32) -> Exchange {
    const HEADER: u32 = 4;
    const EXTENSION: u32 = 4;
    let server_name = EXTENSION + 2 + 3 + HOST.len() as u32;
    let groups = EXTENSION + 2 + 2;
    let signatures = EXTENSION + 2 + 2 * 3;
    let versions = EXTENSION + 1 + 2;
    let key_share = EXTENSION + 2 + 2 + 2 + 32;
    // Version, random, session id, three suites, compression, extensions.
    let client_hello = HEADER
        + 2
        + 32
        + (1 + 32)
        + (2 + 3 * 2)
        + 2
        + 2
        + server_name
        + groups
        + signatures
        + versions
        + key_share;
    let server_hello =
        HEADER + 2 + 32 + (1 + 32) + 2 + 1 + 2 + (EXTENSION + 2) + (EXTENSION + 2 + 2 + 32);
    let extensions = HEADER + 2;
    // Request context, list length, one entry with its length and its extensions.
    let certificate = HEADER + 1 + 3 + 3 + certificate_bytes + 2;
    let verify = HEADER + 2 + 2 + SIGNATURE_BYTES;
    let finished = HEADER + 32;
    // A dummy ChangeCipherSpec each way (appendix D.4).
    const CHANGE_CIPHER: u32 = 6;
    let protected = extensions + certificate + verify + finished + RECORD_BYTES;
    Exchange {
        up: Flight::stream(5 + client_hello),
        down: Flight::stream(5 + server_hello + CHANGE_CIPHER + protected),
        // The client's Finished rides in front of the first message.
        trailer_bytes: CHANGE_CIPHER + finished + RECORD_BYTES,
    }
}

fn request(settings: &Settings, tls: bool) -> Exchange {
    let keep = settings.keep_alive_seconds > 0.0;
    let up = request_bytes(&http_request(settings.payload_bytes, keep)) + settings.payload_bytes;
    answered(up, response_bytes(&http_response(keep)), tls)
}

/// The length of a request's head, after the parser has found it whole.
fn request_bytes(head: &str) -> u32 {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let parsed = httparse::Request::new(&mut headers).parse(head.as_bytes());
    assert_eq!(parsed, Ok(httparse::Status::Complete(head.len())), "no request: {head}");
    head.len() as u32
}

/// The length of a response's head, after the parser has found it whole.
fn response_bytes(head: &str) -> u32 {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let parsed = httparse::Response::new(&mut headers).parse(head.as_bytes());
    assert_eq!(parsed, Ok(httparse::Status::Complete(head.len())), "no response: {head}");
    head.len() as u32
}

/// The head of a POST with one reading.
fn http_request(payload_bytes: u32, keep_alive: bool) -> String {
    let connection = if keep_alive { "keep-alive" } else { "close" };
    format!(
        "POST /v1/devices/00000001/readings HTTP/1.1\r\nHost: {HOST}\r\n\
         Content-Type: application/octet-stream\r\nContent-Length: {payload_bytes:05}\r\n\
         Connection: {connection}\r\n\r\n"
    )
}

/// The platform's answer to a reading.
fn http_response(keep_alive: bool) -> String {
    let connection = if keep_alive { "keep-alive" } else { "close" };
    format!(
        "HTTP/1.1 204 No Content\r\nDate: Tue, 24 Nov 2026 00:00:00 GMT\r\n\
         Connection: {connection}\r\n\r\n"
    )
}

/// The opening of a WebSocket (RFC 6455, section 4); keys have the length of theirs.
fn web_socket_request() -> String {
    format!(
        "GET /v1/stream HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\r\n"
    )
}

/// Its acceptance.
fn web_socket_response() -> String {
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
        .to_owned()
}

/// A WebSocket frame with a payload; a client masks.
fn frame(opcode: OpCode, payload_bytes: u32, masked: bool) -> u32 {
    let header = FrameHeader { opcode, mask: masked.then_some([0; 4]), ..FrameHeader::default() };
    let mut written = Vec::new();
    header.format(u64::from(payload_bytes), &mut written).expect("a vector takes all bytes");
    written.len() as u32 + payload_bytes
}
fn web_socket(payload_bytes: u32, masked: bool) -> u32 {
    frame(OpCode::Data(Data::Binary), payload_bytes, masked)
}
fn control(control: Control) -> u32 {
    frame(OpCode::Control(control), 0, control == Control::Ping)
}

/// The bytes of an MQTT 5 packet.
fn encoded(packet: &v5::Packet) -> u32 {
    packet.encode().expect("the program's own packets are well formed").as_ref().len() as u32
}

fn topic() -> TopicName {
    TopicName::try_from("devices/00000001/readings").expect("a plain topic")
}

/// CONNECT with a last will, and CONNACK.
fn connect(settings: &Settings) -> (u32, u32) {
    let keep_alive = settings.keep_alive_seconds as u16;
    let mut connect = v5::Connect::new("device-00000001".to_owned().into(), keep_alive);
    connect.clean_start = false;
    let will = v5::LastWill::new(mqtt_proto::QoS::Level1, topic(), Bytes::from_static(b"gone"));
    connect.last_will = Some(will);
    let accepted = v5::Connack::new(true, v5::ConnectReasonCode::Success);
    (encoded(&v5::Packet::Connect(connect)), encoded(&v5::Packet::Connack(accepted)))
}

fn publish(settings: &Settings, tls: bool) -> Exchange {
    let id = Pid::default();
    let quality = match settings.qos {
        Qos::AtMostOnce => QosPid::Level0,
        Qos::AtLeastOnce => QosPid::Level1(id),
        Qos::ExactlyOnce => QosPid::Level2(id),
    };
    let payload = Bytes::from(vec![0; settings.payload_bytes as usize]);
    let mut publish = v5::Publish::new(quality, topic(), payload);
    publish.retain = settings.retain;
    let up = encoded(&v5::Packet::Publish(publish));
    match settings.qos {
        Qos::AtMostOnce => unanswered(up, tls),
        Qos::AtLeastOnce => {
            answered(up, encoded(&v5::Packet::Puback(v5::Puback::new_success(id))), tls)
        }
        Qos::ExactlyOnce => {
            answered(up, encoded(&v5::Packet::Pubrec(v5::Pubrec::new_success(id))), tls)
        }
    }
}

/// A POST, or a notification to an observer (RFC 7641), confirmable or not.
fn coap(settings: &Settings) -> Exchange {
    let mut packet = coap_lite::Packet::new();
    packet.header.message_id = 1;
    packet.header.set_type(match settings.confirmable {
        true => MessageType::Confirmable,
        false => MessageType::NonConfirmable,
    });
    packet.set_token(vec![1, 2]);
    if settings.observe {
        packet.header.code = MessageClass::Response(ResponseType::Content);
        // Three bytes: the number of a notification that has run for a while.
        packet.set_observe_value(0x01_0000);
    } else {
        packet.header.code = MessageClass::Request(RequestType::Post);
        for part in ["d", "00000001", "r"] {
            packet.add_option(CoapOption::UriPath, part.as_bytes().to_vec());
        }
    }
    packet.set_content_format(ContentFormat::ApplicationOctetStream);
    packet.payload = vec![0; settings.payload_bytes as usize];
    let bytes = |packet: &coap_lite::Packet| {
        packet.to_bytes_unlimited().expect("the program's own packets are well formed").len() as u32
    };
    let up = Flight::one(bytes(&packet) + UDP_BYTES);
    if !settings.confirmable {
        return Exchange { up, ..Exchange::default() };
    }
    let mut answer = coap_lite::Packet::new();
    answer.header.message_id = 1;
    answer.header.set_type(MessageType::Acknowledgement);
    if !settings.observe {
        answer.header.code = MessageClass::Response(ResponseType::Changed);
        answer.set_token(vec![1, 2]);
    }
    Exchange { up, down: Flight::one(bytes(&answer) + UDP_BYTES), trailer_bytes: 0 }
}
