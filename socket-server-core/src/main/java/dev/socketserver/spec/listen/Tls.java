package dev.socketserver.spec.listen;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Timeouts;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * How the connections of a server are encrypted.
 *
 * @param bundle key and certificates for peers that name no host, or one that is not in
 * {@code sni}
 * @param clientAuth whether peers must show a certificate; the same for all hosts;
 * default {@link ClientAuth#NONE}
 * @param handshakeTimeout time within which a peer must complete the handshake, counted
 * from when it may send its first byte; later it is refused with
 * {@link dev.socketserver.RejectReason#TLS_FAILED}; at least a millisecond and at most
 * 100 years, default 10 s
 * @param sni other bundles, by the host that a peer names (RFC 6066, section 3). A key is
 * a host name, or <code>*.</code> and a host name, which stands for all names with one
 * more label; default none
 * @param clientHelloBytes greatest length of a ClientHello, in bytes; a peer that
 * announces a longer one is refused before anything of it is buffered; default 16 KiB
 * @param mode when connections begin to be encrypted; default {@link TlsMode#IMMEDIATE}.
 * With {@link TlsMode#ON_REQUEST} a handshake may begin six times later than
 * {@code handshakeTimeout} says, and one that fails ends a session with
 * {@link dev.socketserver.CloseReason#TLS_FAILED}
 */
public record Tls(TlsBundle bundle, ClientAuth clientAuth, Duration handshakeTimeout, Map<String, TlsBundle> sni,
		int clientHelloBytes, TlsMode mode) {

	/** The default of {@link #handshakeTimeout()}: 10 s. */
	public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

	/** The default of {@link #clientHelloBytes()}: 16 KiB, the longest TLS record. */
	public static final int DEFAULT_CLIENT_HELLO_BYTES = 16 * 1024;

	private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63})*");

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Tls {
		Objects.requireNonNull(bundle, "bundle");
		Objects.requireNonNull(clientAuth, "clientAuth");
		Objects.requireNonNull(mode, "mode");
		Timeouts.check("ssl.handshakeTimeout", handshakeTimeout);
		InvalidSpecException.checkPositive("ssl.clientHelloBytes", clientHelloBytes);
		sni = Map.copyOf(sni);
		sni.keySet()
			.forEach((host) -> InvalidSpecException.check(isHost(host), "ssl.sni", host,
					"may have lower-case host names in ASCII, and *. with such a name"));
		checkKey(bundle, "ssl.bundle");
		sni.values().forEach((other) -> checkKey(other, "ssl.sni"));
		if (clientAuth != ClientAuth.NONE) {
			checkTrust(bundle, clientAuth);
			sni.values().forEach((other) -> checkTrust(other, clientAuth));
		}
	}

	/**
	 * Creates TLS from the first byte on.
	 * @param bundle see {@link #bundle()}
	 * @param clientAuth see {@link #clientAuth()}
	 * @param handshakeTimeout see {@link #handshakeTimeout()}
	 * @param sni see {@link #sni()}
	 * @param clientHelloBytes see {@link #clientHelloBytes()}
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Tls(TlsBundle bundle, ClientAuth clientAuth, Duration handshakeTimeout, Map<String, TlsBundle> sni,
			int clientHelloBytes) {
		this(bundle, clientAuth, handshakeTimeout, sni, clientHelloBytes, TlsMode.IMMEDIATE);
	}

	/**
	 * Whether a name is possible as a key of {@code sni}.
	 * @param host a host name, or <code>*.</code> and one
	 * @return {@code true} if it is a valid host name in ASCII and in lower case; one
	 * with an underscore is not, as the TLS of the JDK refuses peers that ask for it
	 */
	public static boolean isHost(String host) {
		return HOST.matcher(host).matches();
	}

	/** Without a usable key, a server would start but fail every handshake. */
	private static void checkKey(TlsBundle bundle, String component) {
		InvalidSpecException.check(bundle.material().identifies(), component, bundle.name(),
				"has no private key with a certificate");
	}

	private static void checkTrust(TlsBundle bundle, ClientAuth clientAuth) {
		InvalidSpecException.check(bundle.material().trusts(), "ssl.clientAuth", clientAuth,
				"needs trust material to check the certificates of peers with, and SSL bundle '" + bundle.name()
						+ "' has none");
	}

	/**
	 * Returns TLS with one bundle and defaults for everything else; peers are not asked
	 * for a certificate.
	 * @param bundle the bundle
	 * @return the component
	 * @throws InvalidSpecException if the bundle has no private key
	 */
	public static Tls of(TlsBundle bundle) {
		return of(bundle, ClientAuth.NONE);
	}

	/**
	 * Returns TLS with one bundle and defaults for everything else.
	 * @param bundle the bundle
	 * @param clientAuth whether peers must show a certificate
	 * @return the component
	 * @throws InvalidSpecException if the bundle has no private key, or nothing to check
	 * certificates of peers with
	 */
	public static Tls of(TlsBundle bundle, ClientAuth clientAuth) {
		return new Tls(bundle, clientAuth, DEFAULT_HANDSHAKE_TIMEOUT, Map.of(), DEFAULT_CLIENT_HELLO_BYTES);
	}

	/**
	 * Returns a copy with other components.
	 * @param from what is changed; {@code null} for the defaults
	 * @param change sets them
	 * @return the copy; {@code null} if it has no bundle
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public static @Nullable Tls with(@Nullable Tls from, Consumer<Builder> change) {
		Builder builder = new Builder(from);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are, or have their
	 * defaults. Without a bundle, connections are not encrypted.
	 */
	public static final class Builder {

		private @Nullable TlsBundle bundle;

		private ClientAuth clientAuth = ClientAuth.NONE;

		private Duration handshakeTimeout = DEFAULT_HANDSHAKE_TIMEOUT;

		private Map<String, TlsBundle> sni = Map.of();

		private int clientHelloBytes = DEFAULT_CLIENT_HELLO_BYTES;

		private TlsMode mode = TlsMode.IMMEDIATE;

		private Builder(@Nullable Tls from) {
			if (from != null) {
				this.bundle = from.bundle();
				this.clientAuth = from.clientAuth();
				this.handshakeTimeout = from.handshakeTimeout();
				this.sni = from.sni();
				this.clientHelloBytes = from.clientHelloBytes();
				this.mode = from.mode();
			}
		}

		/**
		 * Sets {@link Tls#bundle()}.
		 * @param bundle the value, or {@code null} for no encryption
		 * @return this builder
		 */
		public Builder bundle(@Nullable TlsBundle bundle) {
			this.bundle = bundle;
			return this;
		}

		/**
		 * Sets {@link Tls#clientAuth()}.
		 * @param clientAuth the value
		 * @return this builder
		 */
		public Builder clientAuth(ClientAuth clientAuth) {
			this.clientAuth = clientAuth;
			return this;
		}

		/**
		 * Sets {@link Tls#handshakeTimeout()}.
		 * @param handshakeTimeout the value
		 * @return this builder
		 */
		public Builder handshakeTimeout(Duration handshakeTimeout) {
			this.handshakeTimeout = handshakeTimeout;
			return this;
		}

		/**
		 * Sets {@link Tls#sni()}.
		 * @param sni the value
		 * @return this builder
		 */
		public Builder sni(Map<String, TlsBundle> sni) {
			this.sni = sni;
			return this;
		}

		/**
		 * Sets {@link Tls#clientHelloBytes()}.
		 * @param clientHelloBytes the value
		 * @return this builder
		 */
		public Builder clientHelloBytes(int clientHelloBytes) {
			this.clientHelloBytes = clientHelloBytes;
			return this;
		}

		/**
		 * Sets {@link Tls#mode()}.
		 * @param mode the value
		 * @return this builder
		 */
		public Builder mode(TlsMode mode) {
			this.mode = mode;
			return this;
		}

		private @Nullable Tls build() {
			return (this.bundle != null) ? new Tls(this.bundle, this.clientAuth, this.handshakeTimeout, this.sni,
					this.clientHelloBytes, this.mode) : null;
		}

	}

}
