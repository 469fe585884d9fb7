package dev.socketserver.autoconfigure.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.ListenerSpec;
import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Sni;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Ssl;
import dev.socketserver.spec.Suggestions;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Turns the blocks {@code ssl} of servers and clients into parts of their specifications.
 */
final class TlsSpecs {

	private static final String PEM_BUNDLES = "spring.ssl.bundle.pem";

	private static final String JKS_BUNDLES = "spring.ssl.bundle.jks";

	private static final PropertyMapper map = PropertyMapper.get();

	private final TlsBundles bundles;

	private final Environment environment;

	TlsSpecs(TlsBundles bundles, Environment environment) {
		this.bundles = bundles;
		this.environment = environment;
	}

	void server(PropertyEntry entry, Ssl ssl, ListenerSpec.Builder builder) {
		ClientAuth clientAuth = Objects.requireNonNullElse(ssl.clientAuth(), ClientAuth.NONE);
		List<Sni> sni = Objects.requireNonNullElse(ssl.sni(), List.of());
		String name = ssl.bundle();
		if (name == null || name.isBlank()) {
			checkPlain(entry, clientAuth, sni);
			builder.tls(null);
			return;
		}
		TlsBundle bundle = bundle(entry.property("ssl.bundle"), name);
		checkKey(entry.property("ssl.bundle"), bundle);
		Map<String, TlsBundle> hosts = hosts(entry, sni);
		if (clientAuth != ClientAuth.NONE) {
			checkTrust(entry, bundle);
			hosts.values().forEach((other) -> checkTrust(entry, other));
		}
		builder.ssl((block) -> {
			block.bundle(bundle).clientAuth(clientAuth).sni(hosts);
			map.from(ssl.handshakeTimeout()).to(block::handshakeTimeout);
			map.from(ssl.mode()).to(block::mode);
		});
	}

	/** Refuses what would be without effect, and thus unsafe, without TLS. */
	private static void checkPlain(PropertyEntry entry, ClientAuth clientAuth, List<Sni> sni) {
		if (clientAuth == ClientAuth.NEED && !plainOnPurpose(entry, "ssl.client-auth")) {
			throw entry
				.invalid("ssl.client-auth",
						"without ssl.bundle there are no certificates, and %s would serve anybody in plain text"
							.formatted(entry.owner()),
						"Set %s, or client-auth there to none".formatted(entry.own("ssl.bundle")));
		}
		if (!sni.isEmpty() && !plainOnPurpose(entry, "ssl.sni")) {
			String property = entry.property("ssl.sni");
			throw new InvalidSocketPropertyException(property + "[0].host", sni.get(0).host(),
					"without ssl.bundle there is no TLS for any host, and %s would serve it in plain text"
						.formatted(entry.owner()),
					"Set %s to the SSL bundle for all other hosts, or %s".formatted(entry.own("ssl.bundle"),
							entry.isOwn("ssl.sni") ? "remove " + property
									: "to an empty name for a server without TLS"));
		}
	}

	/** Whether a server has a bundle of none for what it does not set itself. */
	private static boolean plainOnPurpose(PropertyEntry entry, String key) {
		return entry.isOwn("ssl.bundle") && !entry.isOwn(key);
	}

	/**
	 * Refuses a bundle without a key. The specification would refuse it too, but knows
	 * neither which element of a list it is nor where its key store is configured.
	 */
	private void checkKey(String property, TlsBundle bundle) {
		if (!bundle.material().identifies()) {
			throw new InvalidSocketPropertyException(property, bundle.name(),
					"it has no private key with a certificate", key(bundle.name()));
		}
	}

	/**
	 * Refuses a bundle that cannot check certificates of peers. The specification would
	 * refuse it too, but does not know where its trust store is configured.
	 */
	private void checkTrust(PropertyEntry entry, TlsBundle bundle) {
		if (!bundle.material().trusts()) {
			String trust = trust(bundle.name(), "the certificate of the authority of the peers");
			throw entry.invalid("ssl.client-auth",
					"the certificates of peers cannot be checked, as SSL bundle '%s' has no trust store"
						.formatted(bundle.name()),
					"%s, or set %s to none if peers need no certificates".formatted(trust,
							entry.own("ssl.client-auth")));
		}
	}

	private Map<String, TlsBundle> hosts(PropertyEntry entry, List<Sni> sni) {
		String list = entry.property("ssl.sni");
		Map<String, TlsBundle> hosts = new LinkedHashMap<>();
		for (int i = 0; i < sni.size(); i++) {
			String property = list + "[" + i + "]";
			String host = host(property + ".host", sni.get(i).host());
			TlsBundle bundle = bundle(property + ".bundle", sni.get(i).bundle());
			checkKey(property + ".bundle", bundle);
			if (hosts.put(host, bundle) != null) {
				throw new InvalidSocketPropertyException(property + ".host", host, "the list already has this host",
						"Remove one of the two");
			}
		}
		return hosts;
	}

	private static String host(String property, @Nullable String host) {
		if (host == null || host.isBlank()) {
			throw new InvalidSocketPropertyException(property, host, "an entry needs a host name",
					"Set it to a host name, or to *. and a host name");
		}
		String lower = host.trim().toLowerCase(Locale.ROOT);
		if (lower.contains("_") && Tls.isHost(lower.replace('_', '-'))) {
			throw new InvalidSocketPropertyException(property, host,
					"the JDK refuses peers that ask for a host name with an underscore",
					"Give the host a name of letters, digits and dashes");
		}
		if (!Tls.isHost(lower)) {
			throw new InvalidSocketPropertyException(property, host, "it is not a host name in ASCII",
					"Set it to a host name, or to *. and a host name");
		}
		return lower;
	}

	/** Returns the bundle of a client; {@code null} if it has none. */
	@Nullable TlsBundle client(PropertyEntry entry, ClientProperties.Ssl ssl) {
		return StringUtils.hasText(ssl.bundle()) ? bundle(entry.own("ssl.bundle"), ssl.bundle()) : null;
	}

	private TlsBundle bundle(String property, @Nullable String name) {
		if (name == null || name.isBlank()) {
			throw new InvalidSocketPropertyException(property, name, "an entry needs an SSL bundle",
					"Set it to the name of an SSL bundle");
		}
		try {
			return this.bundles.get(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw new InvalidSocketPropertyException(property, name,
					"there is no SSL bundle of that name ("
							+ Suggestions.sentence(name, this.bundles.names(), "there are no SSL bundles") + ")",
					"Set it to the name of an SSL bundle, as in " + PEM_BUNDLES + ".<name>", ex);
		}
		catch (RuntimeException ex) {
			throw TlsBundles.unusable(property, name, ex);
		}
	}

	/**
	 * Returns how an SSL bundle is made to trust certificates.
	 * @param bundle its name
	 * @param certificate what it is to trust
	 * @return an imperative sentence, which names the property if the bundle is from the
	 * properties
	 */
	private String trust(String bundle, String certificate) {
		if (isConfigured(PEM_BUNDLES, bundle)) {
			return "Set %s.%s.truststore.certificate to %s".formatted(PEM_BUNDLES, bundle, certificate);
		}
		if (isConfigured(JKS_BUNDLES, bundle)) {
			return "Set %s.%s.truststore.location to a store with %s".formatted(JKS_BUNDLES, bundle, certificate);
		}
		return "Give the SSL bundle a trust store with " + certificate;
	}

	/** Returns how an SSL bundle gets a key, as an imperative sentence. */
	private String key(String bundle) {
		if (isConfigured(PEM_BUNDLES, bundle)) {
			return "Set %1$s.%2$s.keystore.certificate and %1$s.%2$s.keystore.private-key, or name another SSL bundle"
				.formatted(PEM_BUNDLES, bundle);
		}
		if (isConfigured(JKS_BUNDLES, bundle)) {
			return "Set %s.%s.keystore.location to a store that has one, or name another SSL bundle"
				.formatted(JKS_BUNDLES, bundle);
		}
		return "Set it to an SSL bundle that has one";
	}

	private boolean isConfigured(String bundles, String name) {
		return Binder.get(this.environment)
			.bind(bundles, Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of)
			.containsKey(name);
	}

}
