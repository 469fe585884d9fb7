package dev.socketserver.autoconfigure.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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

	private final Consumer<C> register;

	private final Consumer<C> remove;

	private @Nullable List<C> registered;

	/**
	 * Creates what registers them.
	 * @param described supplies them; called once
	 * @param register registers one
	 * @param remove takes that back
	 */
	Registrations(Supplier<List<C>> described, Consumer<C> register, Consumer<C> remove) {
		this.described = described;
		this.register = register;
		this.remove = remove;
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

	private void register(List<C> all) {
		List<C> done = new ArrayList<>();
		try {
			for (C one : all) {
				this.register.accept(one);
				done.add(one);
			}
		}
		catch (RuntimeException ex) {
			// The application itself has registered one of that name.
			done.forEach(this.remove);
			throw ex;
		}
	}

}
