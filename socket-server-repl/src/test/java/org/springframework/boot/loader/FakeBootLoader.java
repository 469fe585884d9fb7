package org.springframework.boot.loader;

/**
 * Is in the package of the loader that runs executable jars.
 */
public final class FakeBootLoader extends ClassLoader {

	public FakeBootLoader(ClassLoader parent) {
		super(parent);
	}

}
