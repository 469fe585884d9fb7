package dev.socketserver.netty.settings;

import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A server whose settings are changed while it runs, each on top of those before.
 */
public final class ChangingServer {

	private final SocketServer server;

	private UnaryOperator<ServerSpec.Builder> settings;

	private ServerHandler handler;

	private long version = 1;

	public ChangingServer(ServerFixture fixture, ServerHandler handler, UnaryOperator<ServerSpec.Builder> first) {
		this.handler = handler;
		this.settings = first;
		this.server = fixture.servers.register(spec());
		this.server.start();
	}

	/** Starts one that replies in upper case. */
	static ChangingServer upper(ServerFixture fixture, UnaryOperator<ServerSpec.Builder> first) {
		return new ChangingServer(fixture,
				ServerHandler.function("upper", PayloadConverter.text(UTF_8), String::toUpperCase), first);
	}

	private ServerSpec spec() {
		return this.settings.apply(ServerSpec.builder("test").handler(this.handler)).build();
	}

	public SocketServer server() {
		return this.server;
	}

	/** Changes settings, which are in force on return; returns the version. */
	public long change(UnaryOperator<ServerSpec.Builder> change) {
		UnaryOperator<ServerSpec.Builder> before = this.settings;
		return replace((spec) -> change.apply(before.apply(spec)));
	}

	/** Has these in place of all that were set before, as {@link #change} does. */
	long replace(UnaryOperator<ServerSpec.Builder> next) {
		UnaryOperator<ServerSpec.Builder> before = this.settings;
		this.settings = next;
		try {
			ServerOperations.of(this.server).reconfigure(spec(), this.version + 1);
		}
		catch (RuntimeException ex) {
			this.settings = before;
			throw ex;
		}
		return ++this.version;
	}

	/** Has another handler serve sessions from now on. */
	long handler(ServerHandler next) {
		this.handler = next;
		return change(UnaryOperator.identity());
	}

}
