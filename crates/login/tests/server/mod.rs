//! A server of keys on this machine that counts its requests and answers what it is told.

#![allow(dead_code, reason = "each test program uses its part")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// How the server answers.
#[derive(Clone)]
pub enum Answer {
    /// With this status line, these headers and this body.
    Plain(&'static str, String, String),
    /// As the first, after a while.
    Slow(Duration, String),
    /// Without end.
    Endless,
    /// It hangs up.
    Gone,
    /// It says nothing.
    Silent,
}

pub fn keys(text: String) -> Answer {
    Answer::Plain("200 OK", "content-type: application/json\r\n".to_owned(), text)
}

#[derive(Clone)]
pub struct Server {
    pub port: u16,
    answer: Arc<Mutex<Answer>>,
    requests: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub async fn start(answer: Answer, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server =
            Self { port, answer: Arc::new(Mutex::new(answer)), requests: Arc::default(), heads: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (serving, tls) = (serving.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serving.talk(stream).await,
                        // A handshake that fails is no request.
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serving.talk(stream).await;
                            }
                        }
                    }
                });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/keys?v=1", self.port)
    }

    pub fn set(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// How many requests came.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// The heads of the requests, in lower case.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    async fn talk(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let Ok(byte) = stream.read_u8().await else { return };
            head.push(byte);
        }
        self.requests.fetch_add(1, Ordering::SeqCst);
        self.heads.lock().unwrap().push(String::from_utf8(head).unwrap().to_lowercase());
        let answer = self.answer.lock().unwrap().clone();
        let (status, headers, body) = match answer {
            Answer::Plain(status, headers, body) => (status, headers, body),
            Answer::Slow(pause, body) => {
                tokio::time::sleep(pause).await;
                ("200 OK", String::new(), body)
            }
            Answer::Endless => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"keys\":[").await;
                while stream.write_all(&[b' '; 65_536]).await.is_ok() {}
                return;
            }
            Answer::Gone => return,
            Answer::Silent => return tokio::time::sleep(Duration::from_secs(60)).await,
        };
        let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len());
        let _ = stream.write_all(head.as_bytes()).await;
        let _ = stream.write_all(body.as_bytes()).await;
    }
}
