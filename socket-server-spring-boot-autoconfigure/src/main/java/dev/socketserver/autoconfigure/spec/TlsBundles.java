package dev.socketserver.autoconfigure.spec;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.core.Ordered;

/**
 * The SSL bundles of the application, in the form that servers and clients take. A bundle
 * is created when the first of them asks for it, and shared by all. It is updated with
 * the application's bundle; an update that cannot be used is reported, and changes
 * nothing. Updates may arrive on any thread.
 * <p>
 * Update handlers are called in the order in which they were added, and one that throws
 * keeps the others from being called, as Boot's meters do when a file cannot be read. So
 * this comes first when the bundles are registered, for those bundles that the properties
 * of servers and clients name.
 * <p>
 * A bundle that an enabled server or client needs is read when it is registered: a
 * failure then names the property, whoever asks for the bundle first. Boot's meters would
 * name neither.
 */
public final class TlsBundles implements SslBundleRegistrar, Ordered {

	private static final SafeLogger logger = SafeLogger.of(TlsBundles.class);

	private final ListableBeanFactory beans;

	/** The bundles whose updates are handled. */
	private final Set<Followed> followed = ConcurrentHashMap.newKeySet();

	/** Guarded by this. */
	private final Map<String, TlsBundle> bundles = new HashMap<>();

	public TlsBundles(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public void registerBundles(SslBundleRegistry registry) {
		SocketProperties properties = this.beans.getBeanProvider(SocketProperties.class).getIfAvailable();
		if (registry instanceof SslBundles all && properties != null) {
			// No others: Boot warns of an update that nothing follows.
			Map<String, @Nullable String> named = NamedBundles.of(properties);
			if (named.isEmpty()) {
				return;
			}
			for (String name : all.getBundleNames()) {
				registered(all, name, named);
			}
			all.addBundleRegisterHandler((name, bundle) -> registered(all, name, named));
		}
	}

	private void registered(SslBundles all, String name, Map<String, @Nullable String> named) {
		if (named.containsKey(name)) {
			follow(all, name);
		}
		String property = named.get(name);
		if (property != null) {
			try {
				get(all, name);
			}
			catch (RuntimeException ex) {
				throw unusable(property, name, ex);
			}
		}
	}

	/** Returns the exception for a bundle that cannot be used. */
	static InvalidSocketPropertyException unusable(String property, String name, RuntimeException failure) {
		return new InvalidSocketPropertyException(property, name,
				"the SSL bundle cannot be used: " + failure.getMessage(), "Correct spring.ssl.bundle.*." + name,
				failure);
	}

	/** Handles the updates of a bundle, unless that is done already. */
	private void follow(SslBundles all, String name) {
		if (this.followed.add(new Followed(all, name))) {
			all.addBundleUpdateHandler(name, (update) -> {
				TlsBundle known = known(name);
				if (known != null) {
					update(known, update);
				}
			});
		}
	}

	private synchronized @Nullable TlsBundle known(String name) {
		return this.bundles.get(name);
	}

	private @Nullable SslBundles all() {
		return this.beans.getBeanProvider(SslBundles.class).getIfAvailable();
	}

	/** Returns the names of all bundles of the application. */
	List<String> names() {
		SslBundles all = all();
		return (all != null) ? all.getBundleNames() : List.of();
	}

	/**
	 * Returns a bundle.
	 * @param name its name
	 * @return the bundle
	 * @throws NoSuchSslBundleException if there is none of that name
	 * @throws IllegalStateException if it cannot be read, or its trust store is empty
	 */
	TlsBundle get(String name) {
		SslBundles all = all();
		if (all == null) {
			throw new NoSuchSslBundleException(name, "There are no SSL bundles");
		}
		return get(all, name);
	}

	private synchronized TlsBundle get(SslBundles all, String name) {
		TlsBundle known = this.bundles.get(name);
		if (known != null) {
			return known;
		}
		SslBundle first = all.getBundle(name);
		TlsBundle bundle = new TlsBundle(name, Usable.material(first));
		follow(all, name);
		SslBundle newest = all.getBundle(name);
		if (newest != first) {
			// It was replaced meanwhile.
			update(bundle, newest);
		}
		this.bundles.put(name, bundle);
		return bundle;
	}

	/**
	 * Updates a bundle. Throws nothing: otherwise further update handlers of the
	 * application would not be called.
	 */
	private static void update(TlsBundle bundle, SslBundle update) {
		TlsMaterial material;
		try {
			material = Usable.material(update);
		}
		catch (RuntimeException ex) {
			logger.debug("SSL bundle '{}' cannot be used as it is now", bundle, ex);
			bundle.reloadFailed(ex);
			return;
		}
		bundle.replace(material);
	}

	/**
	 * Returns a bundle that is not registered, and is never updated.
	 * @throws IllegalStateException if it cannot be read, or its trust store is empty
	 */
	static TlsBundle of(String name, SslBundle bundle) {
		return new TlsBundle(name, Usable.material(bundle));
	}

	/** A bundle of that name, among those. */
	private record Followed(SslBundles all, String name) {
	}

	/**
	 * Makes what servers and clients take of a bundle. A class of its own, since Spring
	 * looks at the methods of beans: without TLS, nothing of this is loaded.
	 */
	private static final class Usable {

		static TlsMaterial material(SslBundle bundle) {
			try {
				return read(bundle);
			}
			catch (RuntimeException ex) {
				throw new IllegalStateException(why(ex), ex);
			}
		}

		/**
		 * Returns the message of a failure, and that of a cause which says more: Boot
		 * says what it could not do, and the cause, for example, that a password is
		 * wrong.
		 */
		private static String why(RuntimeException failure) {
			String message = String.valueOf(failure.getMessage());
			for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
				String more = cause.getMessage();
				if (more != null && !message.contains(more)) {
					return message + ": " + more;
				}
			}
			return message;
		}

		private static TlsMaterial read(SslBundle bundle) {
			SslStoreBundle stores = bundle.getStores();
			SslOptions options = bundle.getOptions();
			checkTrust(stores.getTrustStore());
			SslManagerBundle managers = bundle.getManagers();
			// Without a trust store, Boot falls back to that of the JVM, which trusts
			// whoever has bought a certificate anywhere: such trust managers are left
			// out. If the managers were not made by Boot from the stores, they are the
			// application's own.
			boolean own = managers.getClass() != SslManagerBundle.from(stores, bundle.getKey()).getClass();
			boolean trusts = stores.getTrustStore() != null || own;
			KeyManager[] keyManagers = managers.getKeyManagers();
			TrustManager[] trustManagers = trusts ? managers.getTrustManagers() : new TrustManager[0];
			return new TlsMaterial(bundle.getProtocol(), List.of(keyManagers), List.of(trustManagers),
					list(options.getEnabledProtocols()), list(options.getCiphers()));
		}

		/**
		 * Refuses an empty trust store, with which the JVM would refuse every peer for a
		 * reason that is hard to understand.
		 */
		private static void checkTrust(@Nullable KeyStore trusted) {
			try {
				if (trusted != null && trusted.size() == 0) {
					throw new IllegalArgumentException("its trust store is empty");
				}
			}
			catch (KeyStoreException ex) {
				throw new IllegalStateException("its trust store cannot be used", ex);
			}
		}

		private static List<String> list(String @Nullable [] values) {
			return (values != null) ? List.of(values) : List.of();
		}

	}

}
