package dev.socketserver.netty;

import java.time.Duration;

import dev.socketserver.RejectReason;
import dev.socketserver.engine.stats.Counters;

/**
 * The TLS handshake of connections, before their sessions open.
 */
final class TlsStage implements ConnectionStage {

	private final ServerTls tls;

	private final Counters ledger;

	TlsStage(ServerTls tls, Counters ledger) {
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
