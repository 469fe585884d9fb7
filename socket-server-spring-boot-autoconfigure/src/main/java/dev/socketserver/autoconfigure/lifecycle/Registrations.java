package dev.socketserver.autoconfigure.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Registers the servers, or the clients, that the properties ask for: once, and all or
 * none.
 *
 * @param <C> servers or clients of the properties
 */
final class Registrations<C> {

	private final Supplier<List<C>> described;

	private final Registry<C> registry;

	private volatile @Nullable List<C> registered;

	/**
	 * Creates what registers them.
	 * @param described supplies them; called once
	 * @param registry where they are registered
	 */
	Registrations(Supplier<List<C>> described, Registry<C> registry) {
		this.described = described;
		this.registry = registry;
	}

	/** Registers them, unless that was done before, and returns them. */
	List<C> get() {
		List<C> all = this.registered;
		if (all == null) {
			all = this.described.get();
			register(all);
			this.registered = all;
		}
		return all;
	}

	/** Replaces what is registered: the caller has done so in the registry. */
	void replace(List<C> all) {
		this.registered = all;
	}

	private void register(List<C> all) {
		List<C> done = new ArrayList<>();
		try {
			for (C one : all) {
				this.registry.register(one);
				done.add(one);
			}
		}
		catch (RuntimeException ex) {
			// The application itself has registered one of that name.
			done.forEach(this.registry::remove);
			throw ex;
		}
	}

	/**
	 * Where servers or clients are registered. No lambdas: the JVM makes a class for
	 * each, at each start.
	 *
	 * @param <C> servers or clients of the properties
	 */
	interface Registry<C> {

		/** Registers one. */
		void register(C one);

		/** Takes that back. */
		void remove(C one);

	}

}
