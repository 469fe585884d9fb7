package dev.socketserver.mailbox.autoconfigure;

import java.util.function.BiFunction;
import java.util.function.Function;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.properties.MailboxStoreProperties.Store;
import dev.socketserver.mailbox.store.LetterStore;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Makes a store that the application can have.
 *
 * @param type which one
 * @param create makes it; it may be out of reach
 */
record LetterStoreFactory(Store type, Function<MailboxStoreProperties, LetterStore> create) {

	/**
	 * Makes a store by a bean of the application. It is looked for when the store is
	 * made, so that several of which none is primary fail the start, rather than leave
	 * letters in memory.
	 * @param type which store
	 * @param by the type of the bean
	 * @param beans those of that type, at least one
	 * @param create makes the store by the one that is to be used
	 * @param <B> the type of the bean
	 */
	static <B> LetterStoreFactory of(Store type, Class<B> by, ObjectProvider<B> beans,
			BiFunction<B, MailboxStoreProperties, LetterStore> create) {
		return new LetterStoreFactory(type, (properties) -> {
			B bean = beans.getIfUnique();
			if (bean == null) {
				throw new InvalidSocketPropertyException(LetterStores.PROPERTY, properties.store(),
						"the application has several beans of type %s, and none is primary"
							.formatted(by.getSimpleName()),
						"Mark one as @Primary");
			}
			return create.apply(bean, properties);
		});
	}

}
