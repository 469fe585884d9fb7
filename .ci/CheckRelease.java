import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;

import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * Checks a staged repository for what Maven Central asks for, and prints each violation. The arguments are the folder of the
 * repository and the version. Signatures are verified by gpg with the keys of GNUPGHOME.
 */
class CheckRelease {

	private static final String GROUP = "dev/socketserver";

	private static final String BOM = "socket-server-bom";

	/** What must be in a POM, by what a violation calls it. */
	private static final Map<String, String> FIELDS = Map.ofEntries(Map.entry("modelVersion", "modelVersion"),
			Map.entry("name", "name"), Map.entry("description", "description"), Map.entry("url", "url"),
			Map.entry("name of a license", "licenses/license/name"),
			Map.entry("url of a license", "licenses/license/url"),
			Map.entry("name of a developer", "developers/developer/name"), Map.entry("url of the scm", "scm/url"),
			Map.entry("connection of the scm", "scm/connection"),
			Map.entry("developerConnection of the scm", "scm/developerConnection"));

	private final Path repository;

	private final String version;

	private final List<String> violations = new ArrayList<>();

	private final XPath xpath = XPathFactory.newInstance().newXPath();

	CheckRelease(Path repository, String version) {
		this.repository = repository;
		this.version = version;
	}

	public static void main(String[] arguments) throws Exception {
		CheckRelease check = new CheckRelease(Path.of(arguments[0]), arguments[1]);
		int files = check.run();
		check.violations.stream().sorted().forEach((violation) -> System.err.println("WRONG: " + violation));
		if (!check.violations.isEmpty()) {
			System.exit(1);
		}
		System.out.println(files + " files of version " + arguments[1] + " are as Maven Central wants them");
	}

	private int run() throws Exception {
		if (this.version.endsWith("-SNAPSHOT")) {
			this.violations.add(this.version + " is a snapshot");
		}
		checkArtifacts();
		List<Path> files = files();
		for (Path file : files) {
			checkChecksum(file, "MD5", ".md5");
			checkChecksum(file, "SHA-1", ".sha1");
			checkSignature(file);
		}
		return files.size();
	}

	/** Those that are staged must be the BOM and what it manages. */
	private void checkArtifacts() throws Exception {
		TreeSet<String> managed = new TreeSet<>(List.of(BOM));
		Path bom = pom(BOM);
		if (Files.exists(bom)) {
			managed.addAll(texts(parse(bom), "/project/dependencyManagement/dependencies/dependency/artifactId"));
		}
		for (Path folder : list(this.repository.resolve(GROUP))) {
			String artifact = folder.getFileName().toString();
			if (!managed.remove(artifact)) {
				this.violations.add(artifact + " is not in the BOM");
			}
			for (Path release : list(folder)) {
				if (!release.endsWith(this.version)) {
					this.violations.add(artifact + " has the version " + release.getFileName());
				}
			}
			if (Files.exists(pom(artifact))) {
				checkPom(artifact, parse(pom(artifact)));
			}
			else {
				this.violations.add(artifact + " has no POM of " + this.version);
			}
		}
		managed.forEach((artifact) -> this.violations.add(artifact + " is missing"));
	}

	private void checkPom(String artifact, Document pom) throws Exception {
		Map<String, String> coordinates = Map.of("groupId", GROUP.replace('/', '.'), "artifactId", artifact, "version",
				this.version);
		for (String part : coordinates.keySet()) {
			if (!texts(pom, "/project/" + part).equals(List.of(coordinates.get(part)))) {
				this.violations.add(artifact + " has another " + part + " than its folder");
			}
		}
		for (String field : FIELDS.keySet()) {
			if (texts(pom, "/project/" + FIELDS.get(field)).stream().allMatch(String::isBlank)) {
				this.violations.add(artifact + " has no " + field);
			}
		}
		for (String element : List.of("parent", "repositories", "pluginRepositories")) {
			if (!texts(pom, "/project/" + element).isEmpty()) {
				this.violations.add(artifact + " has an element " + element);
			}
		}
		for (String text : texts(pom, "//*[not(*)]")) {
			if (text.contains("${") && !text.equals("${project.version}")) {
				this.violations.add(artifact + " has the unresolved " + text);
			}
			if (text.endsWith("-SNAPSHOT")) {
				this.violations.add(artifact + " needs the snapshot " + text);
			}
		}
		if (!texts(pom, "/project/packaging").contains("pom")) {
			checkJars(artifact);
		}
	}

	private void checkJars(String artifact) throws IOException {
		boolean starter = artifact.contains("-starter");
		checkJar(artifact, "", starter ? "META-INF/MANIFEST.MF" : ".class");
		if (!starter) {
			checkJar(artifact, "-sources", ".java");
		}
		checkJar(artifact, "-javadoc", starter ? "META-INF/MANIFEST.MF" : "index.html");
	}

	private void checkJar(String artifact, String classifier, String content) throws IOException {
		Path file = pom(artifact).resolveSibling(artifact + "-" + this.version + classifier + ".jar");
		if (!Files.exists(file)) {
			this.violations.add("there is no " + file.getFileName());
			return;
		}
		try (JarFile jar = new JarFile(file.toFile())) {
			if (jar.stream().noneMatch((entry) -> entry.getName().endsWith(content))) {
				this.violations.add(file.getFileName() + " has no " + content);
			}
			String type = jar.getManifest().getMainAttributes().getValue("Spring-Boot-Jar-Type");
			if (classifier.isEmpty() && artifact.contains("-starter") && !"dependencies-starter".equals(type)) {
				this.violations.add(file.getFileName() + " does not say that it is a starter");
			}
		}
	}

	private void checkChecksum(Path file, String algorithm, String suffix) throws Exception {
		Path checksum = Path.of(file + suffix);
		String expected = HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file)));
		if (!Files.exists(checksum) || !Files.readString(checksum).equals(expected)) {
			this.violations.add(file.getFileName() + " has no " + suffix.substring(1) + ", or a wrong one");
		}
	}

	private void checkSignature(Path file) throws Exception {
		Path signature = Path.of(file + ".asc");
		if (!Files.exists(signature)) {
			this.violations.add(file.getFileName() + " is not signed");
		}
		else if (new ProcessBuilder("gpg", "--batch", "--quiet", "--verify", signature.toString(), file.toString())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor() != 0) {
			this.violations.add(file.getFileName() + " has a wrong signature");
		}
	}

	private Path pom(String artifact) {
		return this.repository.resolve(GROUP)
			.resolve(artifact)
			.resolve(this.version)
			.resolve(artifact + "-" + this.version + ".pom");
	}

	/** All files but signatures and checksums. */
	private List<Path> files() throws IOException {
		try (Stream<Path> files = Files.walk(this.repository)) {
			return files.filter(Files::isRegularFile)
				.filter((file) -> !file.toString().matches(".*\\.(asc|md5|sha1)"))
				.sorted()
				.toList();
		}
	}

	private static List<Path> list(Path folder) throws IOException {
		try (Stream<Path> entries = Files.list(folder)) {
			return entries.sorted().toList();
		}
	}

	private static Document parse(Path pom) throws Exception {
		try (InputStream in = Files.newInputStream(pom)) {
			return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
		}
	}

	private List<String> texts(Document pom, String path) throws Exception {
		NodeList nodes = (NodeList) this.xpath.evaluate(path, pom, XPathConstants.NODESET);
		List<String> texts = new ArrayList<>();
		for (int i = 0; i < nodes.getLength(); i++) {
			texts.add(nodes.item(i).getTextContent().strip());
		}
		return texts;
	}

}
