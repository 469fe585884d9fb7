package dev.socketserver.tls;

import java.net.IDN;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;

import org.jspecify.annotations.Nullable;

/**
 * What one side of TLS connections is made from: a private key with its certificates,
 * which a client need not have, and what certificates of peers are trusted. Immutable,
 * and checked when it is made, so that what exists can be used.
 *
 * @param protocol the protocol of the {@link SSLContext}, such as {@code TLS}
 * @param keyManagers hold the private key
 * @param trustManagers decide about certificates of peers; none of which is trusted if
 * this is empty
 * @param protocols the versions to speak; empty for TLS 1.3 and 1.2, as far as the JVM
 * enables them
 * @param cipherSuites the cipher suites, the preferred one first; empty for those of the
 * JVM
 */
public record TlsMaterial(String protocol, List<KeyManager> keyManagers, List<TrustManager> trustManagers,
		List<String> protocols, List<String> cipherSuites) {

	private static final List<String> DEFAULT_PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	/** Kinds of keys that a server can be asked for (JSSE's names). */
	private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA", "Ed25519", "Ed448", "RSASSA-PSS");

	private static final Pattern ADDRESS = Pattern.compile("[0-9.]+");

	private static final int QUICK_RSA_BITS = 2048;

	private static final byte[] TO_SIGN = { 's', 'i', 'g', 'n' };

	/**
	 * Checks the material.
	 * @throws IllegalArgumentException if there is a private key that does not belong to
	 * its certificate, or a protocol or cipher suite is not known here, or there is none
	 * that the JVM allows
	 */
	public TlsMaterial {
		Objects.requireNonNull(protocol, "protocol");
		keyManagers = List.copyOf(keyManagers);
		trustManagers = List.copyOf(trustManagers);
		protocols = List.copyOf(protocols);
		cipherSuites = List.copyOf(cipherSuites);
		SSLContext context = context(protocol, keyManagers, trustManagers);
		checkVersions(engine(context.createSSLEngine(), false, protocols, cipherSuites));
		checkKeys(keyManagers, engine(context.createSSLEngine(), false, protocols, cipherSuites));
	}

	/**
	 * Makes a context, which has sessions and keys of session tickets of its own: no
	 * session of another one can be resumed in it.
	 * @return the context
	 */
	public SSLContext context() {
		return context(this.protocol, this.keyManagers, this.trustManagers);
	}

	/**
	 * Makes the server side of one connection.
	 * @param context a context of this material
	 * @param clientAuth whether the peer must show a certificate
	 * @return the engine
	 */
	public SSLEngine serverEngine(SSLContext context, ClientAuth clientAuth) {
		SSLEngine engine = engine(context.createSSLEngine(), false, this.protocols, this.cipherSuites);
		switch (clientAuth) {
			case NEED -> engine.setNeedClientAuth(true);
			case WANT -> engine.setWantClientAuth(true);
			case NONE -> engine.setWantClientAuth(false);
		}
		return engine;
	}

	/**
	 * Makes a context for connections to servers: as {@link #context()}, but where this
	 * says nothing about trust, what the JVM trusts is trusted.
	 * @return the context
	 */
	public SSLContext clientContext() {
		return context(this.protocol, this.keyManagers, this.trustManagers.isEmpty() ? null : this.trustManagers);
	}

	/**
	 * Makes the client side of one connection. The server must show a certificate for the
	 * host name, or address (RFC 2818, section 3.1).
	 * @param context a client context of this material
	 * @param host the host name, which is asked for (RFC 6066, section 3), or address
	 * @param port the port
	 * @return the engine
	 */
	public SSLEngine clientEngine(SSLContext context, String host, int port) {
		// In DNS a final dot says that the name is complete; names in TLS have none.
		String name = withoutRoot(host);
		SSLEngine engine = engine(context.createSSLEngine(name, port), true, this.protocols, this.cipherSuites);
		SSLParameters parameters = new SSLParameters();
		parameters.setEndpointIdentificationAlgorithm("HTTPS");
		if (!isAddress(name)) {
			parameters.setServerNames(List.of(serverName(name)));
		}
		engine.setSSLParameters(parameters);
		return engine;
	}

	/**
	 * Whether {@link #clientEngine} takes such a host. TLS knows fewer names than DNS:
	 * none with an underscore in it, for example.
	 * @param host a host name, or an address
	 * @return {@code true} if a certificate can be asked for it
	 */
	public static boolean isServerName(String host) {
		String name = withoutRoot(host);
		try {
			return isAddress(name) || serverName(name) != null;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private static String withoutRoot(String host) {
		return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
	}

	private static SNIHostName serverName(String name) {
		return new SNIHostName(IDN.toASCII(name));
	}

	/** A host name has no colon, and no last label of digits only. */
	private static boolean isAddress(String host) {
		return host.indexOf(':') >= 0 || ADDRESS.matcher(host).matches();
	}

	/**
	 * Whether there is a private key, which a server must have.
	 * @return {@code true} if this can show who we are
	 */
	public boolean identifies() {
		return this.keyManagers.stream()
			.anyMatch((manager) -> !(manager instanceof X509KeyManager keys)
					|| !aliases(keys, engine(context().createSSLEngine(), false, this.protocols, this.cipherSuites))
						.isEmpty());
	}

	/**
	 * Whether all private keys are in memory and found by key managers of the JVM, so
	 * that to sign takes a millisecond or two and waits for nothing. It is not so for
	 * keys in a token, for key managers of the application, and for RSA keys of more than
	 * 2,048 bits.
	 * @return {@code true} if nothing else may have to be waited for
	 */
	public boolean signsAtOnce() {
		return this.keyManagers.stream()
			.allMatch((manager) -> manager.getClass().getModule() == Object.class.getModule()
					&& manager instanceof X509KeyManager keys && allSignAtOnce(keys));
	}

	/** The host that a peer asks for may choose among several keys of a kind. */
	private static boolean allSignAtOnce(X509KeyManager keys) {
		return KEY_TYPES.stream()
			.map((type) -> keys.getServerAliases(type, null))
			.filter(Objects::nonNull)
			.flatMap(Stream::of)
			.map(keys::getPrivateKey)
			.allMatch(TlsMaterial::signsAtOnce);
	}

	private static boolean signsAtOnce(@Nullable PrivateKey key) {
		// Who cannot show it does not have it in memory.
		return key != null && key.getEncoded() != null
				&& !(key instanceof RSAKey rsa && rsa.getModulus().bitLength() > QUICK_RSA_BITS);
	}

	/**
	 * Whether certificates of peers can be checked.
	 * @return {@code true} if there are trust managers
	 */
	public boolean trusts() {
		return !this.trustManagers.isEmpty();
	}

	private static SSLContext context(String protocol, List<KeyManager> keyManagers,
			@Nullable List<TrustManager> trustManagers) {
		try {
			SSLContext context = SSLContext.getInstance(protocol);
			// Null would be the JVM's, which trust the whole internet.
			context.init(keyManagers.toArray(KeyManager[]::new),
					(trustManagers != null) ? trustManagers.toArray(TrustManager[]::new) : null, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalArgumentException("no TLS context can be created: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Sets what is chosen. The rest stays in lists that all engines of a context share,
	 * of which parameters that are asked for would be copies.
	 */
	private static SSLEngine engine(SSLEngine engine, boolean client, List<String> protocols,
			List<String> cipherSuites) {
		engine.setUseClientMode(client);
		SSLParameters parameters = new SSLParameters();
		List<String> enabled = protocols;
		if (enabled.isEmpty()) {
			List<String> known = List.of(engine.getEnabledProtocols());
			enabled = DEFAULT_PROTOCOLS.stream().filter(known::contains).toList();
		}
		parameters.setProtocols(enabled.toArray(String[]::new));
		if (!cipherSuites.isEmpty()) {
			parameters.setCipherSuites(cipherSuites.toArray(String[]::new));
		}
		parameters.setUseCipherSuitesOrder(true);
		engine.setSSLParameters(parameters);
		return engine;
	}

	/**
	 * The JVM knows versions and suites that its security properties forbid
	 * ({@code jdk.tls.disabledAlgorithms}), and suites that no chosen version has. It
	 * says so when a handshake begins, for which a server needs no peer yet.
	 */
	private static void checkVersions(SSLEngine engine) {
		try {
			engine.beginHandshake();
		}
		catch (SSLException ex) {
			throw new IllegalArgumentException("no handshake could succeed with protocols %s and cipher suites %s: %s"
				.formatted(List.of(engine.getEnabledProtocols()), List.of(engine.getEnabledCipherSuites()),
						ex.getMessage()),
					ex);
		}
	}

	/** A reload may see a new certificate while the key is still the old one. */
	private static void checkKeys(List<KeyManager> keyManagers, SSLEngine engine) {
		for (KeyManager manager : keyManagers) {
			// Who brings another kind knows what it does.
			if (manager instanceof X509KeyManager keys) {
				for (String alias : aliases(keys, engine)) {
					checkKey(keys.getPrivateKey(alias), keys.getCertificateChain(alias), alias);
				}
			}
		}
	}

	private static Set<String> aliases(X509KeyManager keys, SSLEngine engine) {
		Set<String> aliases = new LinkedHashSet<>();
		for (String type : KEY_TYPES) {
			String alias = (keys instanceof X509ExtendedKeyManager extended)
					? extended.chooseEngineServerAlias(type, null, engine)
					: keys.chooseServerAlias(type, null, (Socket) null);
			if (alias != null) {
				aliases.add(alias);
			}
		}
		return aliases;
	}

	private static void checkKey(@Nullable PrivateKey key, X509Certificate @Nullable [] chain, String alias) {
		if (key == null || chain == null || chain.length == 0) {
			throw new IllegalArgumentException("it has no private key with a certificate under '" + alias + "'");
		}
		String algorithm = switch (key.getAlgorithm()) {
			case "RSA" -> "SHA256withRSA";
			case "EC" -> "SHA256withECDSA";
			case "EdDSA", "Ed25519", "Ed448" -> key.getAlgorithm();
			default -> null;
		};
		if (algorithm == null) {
			return;
		}
		try {
			Signature signature = Signature.getInstance(algorithm);
			signature.initSign(key);
			signature.update(TO_SIGN);
			byte[] signed = signature.sign();
			signature = Signature.getInstance(algorithm);
			signature.initVerify(chain[0].getPublicKey());
			signature.update(TO_SIGN);
			if (signature.verify(signed)) {
				return;
			}
		}
		catch (InvalidKeyException | SignatureException ex) {
			// Of another kind than the certificate's: reported below.
		}
		catch (NoSuchAlgorithmException ex) {
			return;
		}
		throw new IllegalArgumentException("the private key does not belong to the certificate");
	}

}
