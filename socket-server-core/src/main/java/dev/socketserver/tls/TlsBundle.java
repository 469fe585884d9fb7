package dev.socketserver.tls;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * TLS material under a name, which can be replaced while servers and clients use it:
 * connections that are made afterwards see the new one, and those that are open stay as
 * they are. Several servers and clients may share a bundle. Safe for use by several
 * threads.
 */
public final class TlsBundle {

	private final String name;

	private final List<Listener> listeners = new CopyOnWriteArrayList<>();

	private volatile TlsMaterial material;

	/**
	 * Creates a bundle.
	 * @param name the name by which people know it
	 * @param material what it begins with
	 */
	public TlsBundle(String name, TlsMaterial material) {
		this.name = Objects.requireNonNull(name, "name");
		this.material = Objects.requireNonNull(material, "material");
	}

	/**
	 * Returns the name.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Returns what is in the bundle now.
	 * @return the material
	 */
	public TlsMaterial material() {
		return this.material;
	}

	/**
	 * Replaces the material. When this returns, servers use it for new connections, but
	 * for those that cannot, which report it.
	 * @param material the new material
	 */
	public synchronized void replace(TlsMaterial material) {
		this.material = Objects.requireNonNull(material, "material");
		this.listeners.forEach(Listener::replaced);
	}

	/**
	 * Notifies those who use the bundle that there should be new material, but it cannot
	 * be used. What there was stays.
	 * @param cause why not
	 */
	public synchronized void reloadFailed(Throwable cause) {
		this.listeners.forEach((listener) -> listener.reloadFailed(cause));
	}

	/**
	 * Adds somebody to be notified of changes.
	 * @param listener the listener
	 */
	public void addListener(Listener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Removes a listener.
	 * @param listener the listener
	 */
	public void removeListener(Listener listener) {
		this.listeners.remove(listener);
	}

	@Override
	public String toString() {
		return this.name;
	}

	/** Is notified of changes, on the thread that makes them. It must not throw. */
	public interface Listener {

		/** There is new material. */
		void replaced();

		/**
		 * There should be new material, but it cannot be used.
		 * @param cause why not
		 */
		void reloadFailed(Throwable cause);

	}

}
