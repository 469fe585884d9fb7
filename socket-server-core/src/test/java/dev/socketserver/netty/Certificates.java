package dev.socketserver.netty;

import java.io.File;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;

import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;

/**
 * Authorities, and what they sign, made when a test asks for them.
 */
public final class Certificates {

	/** Whom both sides trust, unless a test says otherwise. */
	public static final Certificates TRUSTED = new Certificates("Trusted");

	/** Whom neither side trusts, unless a test says so. */
	public static final Certificates OTHER = new Certificates("Other");

	private static final char[] PASSWORD = "secret".toCharArray();

	private final X509Bundle authority;

	/** What bundles begin with, by their names. */
	private final Map<String, TlsMaterial> materials = new ConcurrentHashMap<>();

	private @Nullable SSLContext resuming;

	public Certificates(String name) {
		try {
			this.authority = new CertificateBuilder().subject("CN=" + name)
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Signs a certificate for a subject and a host. */
	public X509Bundle sign(String name) {
		try {
			return new CertificateBuilder().subject("CN=" + name).addSanDnsName(name).buildIssuedBy(this.authority);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Makes a server's material, without trust. */
	public TlsMaterial server(String name) {
		return material(List.of(keys(sign(name))), List.of());
	}

	/** Makes material of a server that trusts what the given authority signs. */
	public TlsMaterial server(String name, Certificates trusted) {
		return material(List.of(keys(sign(name))), List.of(trusted.trust()));
	}

	/**
	 * Makes a bundle of a server that trusts what the same authority signs. All of a name
	 * begin with the same material: to make and check it costs more than a handshake.
	 */
	public TlsBundle bundle(String name) {
		return new TlsBundle(name, this.materials.computeIfAbsent(name, (made) -> server(made, this)));
	}

	/** Puts a certificate for a name, with its key, into a file for another JVM. */
	public void store(String name, Path file) throws Exception {
		try (OutputStream out = Files.newOutputStream(file)) {
			sign(name).toKeyStore(PASSWORD).store(out, PASSWORD);
		}
	}

	/** Makes a server's TLS of what was put into a file. */
	public static Tls stored(String file) throws Exception {
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(KeyStore.getInstance(new File(file), PASSWORD), PASSWORD);
		return patient(new TlsBundle("stored", material(List.of(keys.getKeyManagers()), List.of())));
	}

	/** TLS that ends no handshake, however busy the machine is. */
	public static Tls patient(TlsBundle bundle) {
		return new Tls(bundle, ClientAuth.NONE, Duration.ofHours(1), Map.of(), Tls.DEFAULT_CLIENT_HELLO_BYTES);
	}

	public static TlsMaterial material(List<KeyManager> keys, List<TrustManager> trust) {
		return new TlsMaterial("TLS", keys, trust, List.of(), List.of());
	}

	public static KeyManager keys(X509Bundle bundle) {
		try {
			return bundle.toKeyManagerFactory().getKeyManagers()[0];
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Makes keys that do not belong to their certificate. */
	public static KeyManager mismatch(X509Bundle certificate, X509Bundle key) {
		return keys((X509ExtendedKeyManager) keys(certificate), (X509ExtendedKeyManager) keys(key));
	}

	/** Makes keys that are shown to who has not asked for them. */
	public static KeyManager insistent(X509Bundle bundle) {
		X509ExtendedKeyManager keys = (X509ExtendedKeyManager) keys(bundle);
		return keys(keys, keys);
	}

	/** Makes keys of an application, which does something before it hands one out. */
	public static KeyManager keys(X509Bundle bundle, Runnable first) {
		X509ExtendedKeyManager keys = (X509ExtendedKeyManager) keys(bundle);
		return keys(keys, (alias) -> {
			first.run();
			return keys.getPrivateKey(alias);
		});
	}

	/** Makes material of an application, which does something before it is used. */
	public TlsMaterial material(String name, Runnable first) {
		X509ExtendedKeyManager keys = (X509ExtendedKeyManager) keys(sign(name));
		return material(List.of(keys(keys, keys::getPrivateKey, first)), List.of());
	}

	private static KeyManager keys(X509ExtendedKeyManager certificates, X509ExtendedKeyManager keys) {
		return keys(certificates, keys::getPrivateKey);
	}

	private static KeyManager keys(X509ExtendedKeyManager certificates, Function<String, PrivateKey> keys) {
		return keys(certificates, keys, () -> {
		});
	}

	private static KeyManager keys(X509ExtendedKeyManager certificates, Function<String, PrivateKey> keys,
			Runnable asked) {
		return new X509ExtendedKeyManager() {

			@Override
			public String[] getClientAliases(String keyType, Principal[] issuers) {
				return certificates.getClientAliases(keyType, issuers);
			}

			@Override
			public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
				return certificates.chooseClientAlias(keyType, null, socket);
			}

			@Override
			public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
				return certificates.chooseEngineClientAlias(keyType, null, engine);
			}

			@Override
			public String[] getServerAliases(String keyType, Principal[] issuers) {
				return certificates.getServerAliases(keyType, issuers);
			}

			@Override
			public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
				return certificates.chooseServerAlias(keyType, issuers, socket);
			}

			@Override
			public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
				asked.run();
				return certificates.chooseEngineServerAlias(keyType, issuers, engine);
			}

			@Override
			public X509Certificate[] getCertificateChain(String alias) {
				return certificates.getCertificateChain(alias);
			}

			@Override
			public PrivateKey getPrivateKey(String alias) {
				return keys.apply(alias);
			}

		};
	}

	public TrustManager trust() {
		return this.authority.toTrustManager();
	}

	public String authorityPem() {
		return this.authority.getCertificatePEM();
	}

	/**
	 * Makes the context of a client that trusts this authority and has no certificate.
	 */
	public SSLContext client() {
		return client(new KeyManager[0], trust());
	}

	/**
	 * Returns the context of clients that need no handshake of their own: one that has
	 * been connected to a server before resumes that session, which takes no signature.
	 */
	public synchronized SSLContext resuming() {
		SSLContext made = this.resuming;
		if (made == null) {
			made = client();
			this.resuming = made;
		}
		return made;
	}

	/** Makes the context of a client with a certificate that this authority signs. */
	public SSLContext client(String subject) {
		return client(new KeyManager[] { keys(sign(subject)) }, trust());
	}

	/** Makes the context of a client that trusts every server. */
	public static SSLContext credulous() {
		return client(new KeyManager[0], InsecureTrustManagerFactory.INSTANCE.getTrustManagers());
	}

	public static SSLContext client(KeyManager[] keys, TrustManager... trust) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keys, trust, null);
			return context;
		}
		catch (Exception ex) {
			throw new IllegalStateException("No context with " + Arrays.toString(trust), ex);
		}
	}

}
