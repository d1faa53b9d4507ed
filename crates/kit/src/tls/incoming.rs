//! The connections that have come through their handshake, each in a task of its own, so that a slow one holds up nobody.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustls::ServerConfig;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::Stream;
use tonic::transport::server::Connected;

use super::Tls;
use crate::access::Peer;

/// Connections with TLS, as they come.
pub(crate) struct Incoming {
    listener: TcpListener,
    tls: Tls,
    has_nodelay: bool,
    /// Those that end with this value are cut off.
    handshakes: JoinSet<io::Result<Connection>>,
}

impl Incoming {
    pub(crate) fn new(listener: TcpListener, tls: Tls, has_nodelay: bool) -> Self {
        Self { listener, tls, has_nodelay, handshakes: JoinSet::new() }
    }

    fn shake_hands(&mut self, stream: TcpStream) {
        if let Err(fault) = stream.set_nodelay(self.has_nodelay) {
            tracing::warn!(%fault, "TCP_NODELAY cannot be set");
        }
        self.handshakes.spawn(handshake(stream, self.tls.config(), self.tls.limits.handshake_within));
    }
}

impl Stream for Incoming {
    type Item = io::Result<Connection>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match self.handshakes.poll_join_next(context) {
                Poll::Ready(Some(Ok(Ok(connection)))) => return Poll::Ready(Some(Ok(connection))),
                Poll::Ready(Some(Ok(Err(fault)))) => {
                    tracing::debug!(%fault, "a handshake failed");
                    continue;
                }
                Poll::Ready(Some(Err(fault))) => {
                    tracing::error!(%fault, "a handshake ended by itself");
                    continue;
                }
                Poll::Ready(None) | Poll::Pending => {}
            }
            // The end of one of them wakes us; until then others wait in the listener's queue.
            if self.handshakes.len() >= self.tls.limits.handshakes_at_once_max {
                return Poll::Pending;
            }
            match ready!(self.listener.poll_accept(context)) {
                Ok((stream, _)) => self.shake_hands(stream),
                Err(fault) => return Poll::Ready(Some(Err(fault))),
            }
        }
    }
}

async fn handshake(stream: TcpStream, config: Arc<ServerConfig>, within: Duration) -> io::Result<Connection> {
    let stream = tokio::time::timeout(within, TlsAcceptor::from(config).accept(stream)).await??;
    let (_, session) = stream.get_ref();
    let certificate = session.peer_certificates().and_then(|chain| chain.first());
    let certificate = certificate.map(|leaf| Sha256::digest(leaf).into());
    Ok(Connection { stream, peer: Peer { certificate } })
}

/// A connection with TLS, and who is at its other end; tonic puts that into the extensions of every request.
pub(crate) struct Connection {
    stream: TlsStream<TcpStream>,
    peer: Peer,
}

impl Connected for Connection {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
