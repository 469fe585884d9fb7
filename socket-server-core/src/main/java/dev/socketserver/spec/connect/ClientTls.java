package dev.socketserver.spec.connect;

import java.util.Objects;
import java.util.function.Consumer;

import dev.socketserver.address.Addresses;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * How the connection is encrypted. The server must present a certificate that is issued
 * for its host name (RFC 2818, section 3.1) and is trusted: by the bundle or, if the
 * bundle has no trust material, by the JVM.
 *
 * @param bundle the certificates that are trusted, and the client's own, for servers that
 * ask for one. When its material is replaced, the next attempt uses the new one
 * @param serverName the host name that the client asks for (RFC 6066, section 3), and
 * that the certificate must match; {@code null} for
 * {@link dev.socketserver.client.ClientSpec#host()}
 * @param mode when the connection begins to be encrypted; default
 * {@link TlsMode#IMMEDIATE}. With {@link TlsMode#ON_REQUEST} the handshake may take as
 * long as {@link dev.socketserver.client.ClientSpec#connectTimeout()}, and one that fails
 * ends the session with {@link dev.socketserver.CloseReason#TLS_FAILED}
 */
public record ClientTls(TlsBundle bundle, @Nullable String serverName, TlsMode mode) {

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ClientTls {
		Objects.requireNonNull(bundle, "bundle");
		Objects.requireNonNull(mode, "mode");
		InvalidSpecException.check(serverName == null || !serverName.isBlank(), "ssl.serverName", serverName,
				"must not be blank");
		InvalidSpecException.check(
				serverName == null || (Addresses.isHost(serverName) && TlsMaterial.isServerName(serverName)),
				"ssl.serverName", serverName, "must be a host name, or an address, alone");
	}

	/**
	 * Creates TLS from the first byte on.
	 * @param bundle see {@link #bundle()}
	 * @param serverName see {@link #serverName()}
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ClientTls(TlsBundle bundle, @Nullable String serverName) {
		this(bundle, serverName, TlsMode.IMMEDIATE);
	}

	/**
	 * Returns a copy with other components.
	 * @param from what is changed; {@code null} for the defaults
	 * @param change sets them
	 * @return the copy; {@code null} if it has no bundle
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public static @Nullable ClientTls with(@Nullable ClientTls from, Consumer<Builder> change) {
		Builder builder = new Builder(from);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are, or have their
	 * defaults. Without a bundle, the connection is not encrypted.
	 */
	public static final class Builder {

		private @Nullable TlsBundle bundle;

		private @Nullable String serverName;

		private TlsMode mode = TlsMode.IMMEDIATE;

		private Builder(@Nullable ClientTls from) {
			if (from != null) {
				this.bundle = from.bundle();
				this.serverName = from.serverName();
				this.mode = from.mode();
			}
		}

		/**
		 * Sets {@link ClientTls#bundle()}.
		 * @param bundle the value, or {@code null} for no encryption
		 * @return this builder
		 */
		public Builder bundle(@Nullable TlsBundle bundle) {
			this.bundle = bundle;
			return this;
		}

		/**
		 * Sets {@link ClientTls#serverName()}.
		 * @param serverName the value
		 * @return this builder
		 */
		public Builder serverName(@Nullable String serverName) {
			this.serverName = serverName;
			return this;
		}

		/**
		 * Sets {@link ClientTls#mode()}.
		 * @param mode the value
		 * @return this builder
		 */
		public Builder mode(TlsMode mode) {
			this.mode = mode;
			return this;
		}

		private @Nullable ClientTls build() {
			return (this.bundle != null) ? new ClientTls(this.bundle, this.serverName, this.mode) : null;
		}

	}

}
