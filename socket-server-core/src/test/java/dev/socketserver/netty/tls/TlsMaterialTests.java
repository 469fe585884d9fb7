package dev.socketserver.netty.tls;

import java.security.KeyStore;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import dev.socketserver.ServerSpec;
import dev.socketserver.netty.Certificates;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TlsMaterialTests {

	@Test
	void keyThatDoesNotBelongToTheCertificateIsRefused() {
		Certificates authority = Certificates.TRUSTED;

		assertThatIllegalArgumentException()
			.isThrownBy(() -> Certificates
				.material(List.of(Certificates.mismatch(authority.sign("a"), authority.sign("b"))), List.of()))
			.withMessage("the private key does not belong to the certificate");
	}

	@Test
	void materialWithoutKeyIsForClientsOnly() {
		TlsMaterial material = Certificates.material(List.of(), List.of());
		assertThat(material.identifies()).isFalse();
		assertThat(Certificates.TRUSTED.server("a").identifies()).isTrue();

		TlsBundle bundle = new TlsBundle("empty", material);
		assertThatIllegalArgumentException().isThrownBy(() -> ServerSpec.Tls.of(bundle))
			.withMessage("ssl.bundle is empty, but has no private key with a certificate");
	}

	@Test
	void saysWhetherToSignTakesLong() throws Exception {
		Certificates authority = Certificates.TRUSTED;

		assertThat(authority.server("a").signsAtOnce()).isTrue();
		KeyManager ofTheApplication = Certificates.keys(authority.sign("a"), () -> {
		});
		assertThat(Certificates.material(List.of(ofTheApplication), List.of()).signsAtOnce()).isFalse();
		X509Bundle shortRsa = selfSigned(Algorithm.rsa2048);
		X509Bundle longRsa = selfSigned(Algorithm.rsa3072);
		assertThat(material(shortRsa).signsAtOnce()).isTrue();
		assertThat(material(longRsa).signsAtOnce()).isFalse();
		assertThat(material(shortRsa, longRsa).signsAtOnce()).isFalse();
	}

	private static X509Bundle selfSigned(Algorithm algorithm) throws Exception {
		return new CertificateBuilder().subject("CN=a")
			.algorithm(algorithm)
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
	}

	/** With keys from which the host that a peer asks for chooses. */
	private static TlsMaterial material(X509Bundle... bundles) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		for (int i = 0; i < bundles.length; i++) {
			store.setKeyEntry("key" + i, bundles[i].getKeyPair().getPrivate(), new char[0],
					bundles[i].getCertificatePath());
		}
		KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
		keys.init(store, new char[0]);
		return Certificates.material(List.of(keys.getKeyManagers()), List.of());
	}

	@Test
	void unknownProtocolOrCipherIsRefused() {
		TlsMaterial good = Certificates.TRUSTED.server("a");

		assertThatIllegalArgumentException().isThrownBy(
				() -> new TlsMaterial("TLS", good.keyManagers(), good.trustManagers(), List.of("TLSv9"), List.of()));
		assertThatIllegalArgumentException().isThrownBy(() -> new TlsMaterial("TLS", good.keyManagers(),
				good.trustManagers(), List.of(), List.of("TLS_NO_SUCH_THING")));
		assertThatIllegalArgumentException().isThrownBy(() -> new TlsMaterial("NoSuchProtocol", good.keyManagers(),
				good.trustManagers(), List.of(), List.of()));
	}

	@Test
	void whatTheJvmForbidsIsRefusedBeforeAHandshakeFails() {
		TlsMaterial good = Certificates.TRUSTED.server("a");

		assertThatIllegalArgumentException().isThrownBy(
				() -> new TlsMaterial("TLS", good.keyManagers(), good.trustManagers(), List.of("TLSv1.1"), List.of()))
			.withMessageContaining("no handshake could succeed with protocols [TLSv1.1]");
	}

	@Test
	void suitesOfAnotherVersionAreRefused() {
		TlsMaterial good = Certificates.TRUSTED.server("a");

		assertThatIllegalArgumentException()
			.isThrownBy(() -> new TlsMaterial("TLS", good.keyManagers(), good.trustManagers(), List.of("TLSv1.3"),
					List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")))
			.withMessageContaining("protocols [TLSv1.3] and cipher suites [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]");
	}

	@Test
	void speaksTheTwoNewestVersionsUnlessConfiguredOtherwise() {
		TlsMaterial material = Certificates.TRUSTED.server("a");
		SSLContext context = material.context();

		assertThat(material.serverEngine(context, ClientAuth.NONE).getEnabledProtocols())
			.containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
	}

	@Test
	void speaksWhatItIsAsked() {
		TlsMaterial good = Certificates.TRUSTED.server("a");
		TlsMaterial material = new TlsMaterial("TLS", good.keyManagers(), good.trustManagers(), List.of("TLSv1.2"),
				List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"));

		SSLEngine engine = material.serverEngine(material.context(), ClientAuth.NEED);

		assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.2");
		assertThat(engine.getEnabledCipherSuites()).containsExactly("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
		assertThat(engine.getNeedClientAuth()).isTrue();
		assertThat(engine.getUseClientMode()).isFalse();
	}

}
