package dev.socketserver.repl.autoconfigure;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.util.Arrays;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.repl.Repl;
import dev.socketserver.repl.ReplSettings;
import dev.socketserver.repl.evaluate.JavaLanguage;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.Inherited;
import dev.socketserver.spec.listen.ListenOn;
import dev.socketserver.spec.listen.Tcp;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * Creates the handler of servers that are consoles, and checks that only those can reach
 * a console who may. A console runs whatever its peer sends.
 */
final class Consoles {

	private static final String ALLOW_REMOTE = "socket.repl.allow-remote";

	private static final byte[] LINE_FEED = { '\n' };

	private static final SafeLogger logger = SafeLogger.of(Consoles.class);

	private final Repl repl;

	private final ClassLoader classLoader;

	private final ReplSettings settings;

	private final boolean emptyPassword;

	Consoles(Repl repl, ReplSettings settings, boolean emptyPassword, @Nullable ClassLoader classLoader) {
		this.repl = repl;
		this.settings = settings;
		this.emptyPassword = emptyPassword;
		this.classLoader = (classLoader != null) ? classLoader : Consoles.class.getClassLoader();
	}

	/** Creates the handler of a console, which peers type in a charset. */
	ServerHandler handler(Charset charset) {
		return this.repl.handler(charset);
	}

	/**
	 * Checks a server that is a console.
	 * @param server the server, which names wrong values
	 * @param spec its specification
	 * @throws InvalidSocketPropertyException if the console is not safe, or could not
	 * read lines or evaluate expressions
	 */
	void check(BlockServer server, ServerSpec spec) {
		if (!Arrays.equals("\n".getBytes(spec.session().charset()), LINE_FEED)) {
			throw server.invalid("charset", "it does not encode the end of a line as the single byte 0A",
					"Use a charset that is compatible with ASCII, such as UTF-8");
		}
		checkLanguage();
		if (this.emptyPassword) {
			logger.warn("Server '{}' is a console that asks for no password, since socket.repl.password is empty",
					spec.name());
		}
		spec.listeners().forEach((listener) -> check(server, listener));
	}

	/** Checks that no peer can use the console who may not, by one of its listeners. */
	private void check(BlockServer server, ListenerSpec spec) {
		ListenOn on = spec.listenOn().own();
		// It may be bound to any address, and is not known before the start.
		boolean unknown = on instanceof Tcp && spec.listenOn() instanceof Inherited inherited
				&& inherited.host() == null;
		boolean here = !unknown && isHere(on);
		boolean proxied = spec.proxyProtocol().mode() != ProxyMode.OFF;
		// Without allow-remote, those are refused whom a header says to be elsewhere.
		if (here && !(proxied && this.settings.allowRemote())) {
			return;
		}
		String place = (unknown ? "the socket that it inherits" : place(on)) + (here ? " behind a proxy" : "");
		if (!this.settings.allowRemote()) {
			String key = unknown ? "inherit" : "address";
			String own = key(spec, key);
			throw server.invalid(server.isSet(own) ? own : key,
					"server '" + spec.label() + "' is a console, which runs whatever its peer types, and " + place
							+ (unknown ? " may be one that" : "") + " can be reached from other machines",
					(unknown ? "Set address to 127.0.0.1, where that socket must be bound then, or domain-socket.path"
							: "Set it to 127.0.0.1") + "; or set " + ALLOW_REMOTE
							+ " to true, and socket.repl.password or ssl.client-auth to need");
		}
		Tls tls = spec.tls();
		// A console never asks for TLS.
		boolean certificates = tls != null && tls.mode() == TlsMode.IMMEDIATE && tls.clientAuth() == ClientAuth.NEED;
		if (!certificates && this.settings.password() == null) {
			throw new InvalidSocketPropertyException(ALLOW_REMOTE, true,
					"server '" + spec.label() + "' is a console at " + place + ", and anybody could use it",
					"Set socket.repl.password, or socket.servers." + spec.session().name() + "."
							+ key(spec, "ssl.client-auth") + " to need");
		}
		logger.warn("Server '{}' is a console that other machines can reach at {}{}", spec.label(), place,
				(tls != null && tls.mode() == TlsMode.IMMEDIATE) ? ""
						: "; the password and all that is typed cross the network as they are");
	}

	private static String key(ListenerSpec listener, String key) {
		return listener.name().equals(ListenerSpec.MAIN) ? key : "listeners." + listener.name() + "." + key;
	}

	/**
	 * Checks that expressions can be evaluated in the language of the properties.
	 * @throws InvalidSocketPropertyException if they cannot
	 */
	void checkLanguage() {
		JavaLanguage.Problem problem = (this.settings.language() == ReplSettings.Language.JAVA)
				? JavaLanguage.problem(this.classLoader) : null;
		if (problem != null) {
			throw new InvalidSocketPropertyException("socket.repl.language", "java", problem.reason(),
					problem.remedy());
		}
	}

	private static String place(ListenOn on) {
		if (on instanceof Tcp tcp) {
			return tcp.host();
		}
		return (on instanceof DomainSocket unix) ? unix.path() : on.toString();
	}

	/**
	 * Whether only processes of this machine can connect: whom the mode of a Unix socket
	 * lets in, or anybody where all addresses of the host name are loopback addresses.
	 * Each session is checked again when it opens.
	 */
	private static boolean isHere(ListenOn on) {
		if (!(on instanceof Tcp tcp)) {
			return true;
		}
		if (tcp.anyHost()) {
			return false;
		}
		try {
			return Arrays.stream(InetAddress.getAllByName(tcp.host())).allMatch(InetAddress::isLoopbackAddress);
		}
		catch (UnknownHostException ex) {
			// Binding will fail. Should the name be resolved by then, sessions are still
			// checked.
			return true;
		}
	}

}
