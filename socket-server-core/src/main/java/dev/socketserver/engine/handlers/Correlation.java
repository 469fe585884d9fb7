package dev.socketserver.engine.handlers;

import dev.socketserver.client.Correlator;
import org.jspecify.annotations.Nullable;

/**
 * Asks correlators of the application for keys.
 */
public final class Correlation {

	private Correlation() {
	}

	/**
	 * Asks a correlator for a key.
	 * @param correlator the correlator of the application
	 * @param payload a request, or what was received
	 * @return the key, or {@code null}
	 * @throws IllegalArgumentException if the correlator is for payloads of another type;
	 * its {@link ClassCastException} alone would not say whose fault that is
	 */
	public static @Nullable Object key(Correlator correlator, Object payload) {
		try {
			return correlator.key(payload);
		}
		catch (ClassCastException ex) {
			throw new IllegalArgumentException(
					"The correlator cannot be called with a " + payload.getClass().getTypeName()
							+ ": it is called with each request, and with each payload that is received,"
							+ " whose type depends on the handler and on the property 'payload'",
					ex);
		}
	}

}
