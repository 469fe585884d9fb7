package dev.socketserver.netty.accept;

import java.time.Duration;

import dev.socketserver.RejectReason;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.netty.tls.TlsHandshake;
import dev.socketserver.session.Ledger;

/**
 * The TLS handshake of connections, before their sessions open.
 */
final class TlsStage implements ConnectionStage {

	private final ServerTls tls;

	private final Ledger ledger;

	TlsStage(ServerTls tls, Ledger ledger) {
		this.tls = tls;
		this.ledger = ledger;
	}

	@Override
	public Duration timeout() {
		return this.tls.spec().handshakeTimeout();
	}

	@Override
	public RejectReason reason() {
		return RejectReason.TLS_FAILED;
	}

	@Override
	public String late() {
		return "the TLS handshake was not complete after " + timeout().toMillis() + " ms";
	}

	@Override
	public void begin(StagedConnection connection) {
		connection.addHandler(new TlsHandshake(this.tls, connection, this.ledger));
	}

}
