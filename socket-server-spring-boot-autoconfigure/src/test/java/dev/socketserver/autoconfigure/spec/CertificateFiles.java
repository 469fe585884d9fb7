package dev.socketserver.autoconfigure.spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.FileSystemUtils;

/**
 * An authority, and the files of the certificates that it issues: for each of these
 * {@code name.crt} and {@code name.key}, and {@code ca.crt} for itself. They are in a
 * folder of each test, which examples have as {@code certificates}.
 */
public final class CertificateFiles implements BeforeEachCallback, AfterEachCallback {

	private static final X509Bundle AUTHORITY = selfSigned("Authority");

	private Path directory = Path.of("");

	@Override
	public void beforeEach(ExtensionContext test) throws IOException {
		this.directory = Files.createTempDirectory("certificates");
		trust(AUTHORITY);
	}

	@Override
	public void afterEach(ExtensionContext test) throws IOException {
		FileSystemUtils.deleteRecursively(this.directory);
	}

	public Path directory() {
		return this.directory;
	}

	public static X509Bundle authority() {
		return AUTHORITY;
	}

	/** Makes another authority. */
	static X509Bundle selfSigned(String name) {
		try {
			return new CertificateBuilder().subject("CN=" + name).setIsCertificateAuthority(true).buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Issues a certificate. */
	public static X509Bundle sign(String name, String... hosts) throws Exception {
		CertificateBuilder certificate = new CertificateBuilder().subject("CN=" + name);
		for (String host : hosts) {
			certificate.addSanDnsName(host);
		}
		return certificate.buildIssuedBy(AUTHORITY);
	}

	/** Writes which authority is trusted. */
	void trust(X509Bundle authority) throws IOException {
		// At once, so that who watches the directory sees one change.
		Path whole = Files.writeString(this.directory.resolve("ca.new"), authority.getCertificatePEM());
		Files.move(whole, this.directory.resolve("ca.crt"), StandardCopyOption.ATOMIC_MOVE);
	}

	public void write(String name, X509Bundle bundle) throws IOException {
		Files.writeString(this.directory.resolve(name + ".key"), bundle.getPrivateKeyPEM());
		Files.writeString(this.directory.resolve(name + ".crt"), bundle.getCertificatePathPEM());
	}

	/** Has an application find the files. */
	public ApplicationContextRunner in(ApplicationContextRunner runner) {
		return runner.withPropertyValues("certificates=" + this.directory);
	}

	/** Adds an example of the documentation. */
	static ApplicationContextRunner example(ApplicationContextRunner runner, String name) {
		return runner.withInitializer((context) -> {
			try {
				new YamlPropertySourceLoader().load(name, new ClassPathResource(name))
					.forEach(context.getEnvironment().getPropertySources()::addLast);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

}
