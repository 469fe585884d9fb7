package dev.socketserver.mailbox.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import org.junit.jupiter.api.Test;

/** Which tests of stores a store fails. */
final class FailedTests {

	private FailedTests() {
	}

	/** Runs the tests of stores until one fails. */
	static List<String> of(LetterStore store) {
		List<String> failed = new ArrayList<>();
		for (Method test : LetterStoreContract.class.getDeclaredMethods()) {
			if (failed.isEmpty() && test.isAnnotationPresent(Test.class)) {
				try {
					test.setAccessible(true);
					test.invoke(new LetterStoreContract() {

						@Override
						protected LetterStore store() {
							return store;
						}

					});
				}
				catch (InvocationTargetException ex) {
					failed.add(test.getName());
				}
				catch (IllegalAccessException ex) {
					throw new IllegalStateException(ex);
				}
			}
		}
		return failed;
	}

}
