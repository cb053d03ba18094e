import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ENGINES_FOLDER, type Engine, EngineUnavailable } from './engine';
import { run } from './run';

/** The last release that runs on Java 17. Athena's third engine is made from Trino. */
const VERSION = '435';
/** Of all libraries together, `fingerprint` below: what Maven brings is what was tested, whoever serves it. */
const FINGERPRINT = 'b7b5b63e7dfe1c87ae23fbdd66c5bf797c6aacc175b4ba324460a409d6024161';
const HOME = path.join(ENGINES_FOLDER, `trino-${VERSION}`);

/** Maven Central has the server's parts, not the server: these are its libraries and its plug-in for Hive tables. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>engines</groupId>
  <artifactId>trino</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>io.trino</groupId><artifactId>trino-main</artifactId><version>${VERSION}</version></dependency>
    <dependency>
      <groupId>io.trino</groupId><artifactId>trino-hive</artifactId><version>${VERSION}</version><type>zip</type>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
  </dependencies>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.6.1</version>
    <executions>
      <execution>
        <id>libraries</id><phase>package</phase><goals><goal>copy-dependencies</goal></goals>
        <configuration>
          <outputDirectory>\${project.basedir}/lib</outputDirectory>
          <includeScope>runtime</includeScope><excludeTypes>zip</excludeTypes>
        </configuration>
      </execution>
      <execution>
        <id>hive</id><phase>package</phase><goals><goal>unpack-dependencies</goal></goals>
        <configuration>
          <outputDirectory>\${project.basedir}/plugin</outputDirectory><includeTypes>zip</includeTypes>
        </configuration>
      </execution>
    </executions>
  </plugin></plugins></build>
</project>
`;
const MAIN = `public class TrinoMain { public static void main(String[] a) { new io.trino.server.Server().start("${VERSION}"); } }\n`;

/** Trino, put together from Maven Central by Maven's own configuration; Maven checks each file against the server's checksum, and we all of them against ours. */
export class TrinoEngine implements Engine {
  public readonly name = 'Trino';
  public readonly home = HOME;

  public isInstalled(): boolean {
    return fs.existsSync(path.join(HOME, 'classes', 'TrinoMain.class'));
  }

  public async install(): Promise<void> {
    if (this.isInstalled()) {
      return;
    }
    for (const program of ['mvn', 'javac']) {
      await run('which', [program]).catch(() => {
        throw new EngineUnavailable(`${program} is needed: a Java development kit from 17 on, and Maven`);
      });
    }
    fs.rmSync(HOME, { recursive: true, force: true });
    fs.mkdirSync(path.join(HOME, 'src'), { recursive: true });
    fs.writeFileSync(path.join(HOME, 'pom.xml'), POM);
    fs.writeFileSync(path.join(HOME, 'src', 'TrinoMain.java'), MAIN);
    await run('mvn', [
      '--quiet',
      '--batch-mode',
      '--strict-checksums',
      '--file',
      path.join(HOME, 'pom.xml'),
      'package',
    ]);
    const found = fingerprint();
    if (found !== FINGERPRINT) {
      throw new Error(`the libraries of Trino ${VERSION} are not the expected ones: their fingerprint is ${found}`);
    }
    await run('javac', [
      '-cp',
      path.join(HOME, 'lib', '*'),
      '-d',
      path.join(HOME, 'classes'),
      path.join(HOME, 'src', 'TrinoMain.java'),
    ]);
  }
}

/** What `find lib plugin -type f | sort | xargs sha256sum | sha256sum` says in the C locale. */
function fingerprint(): string {
  const files = ['lib', 'plugin']
    .flatMap((folder) =>
      fs
        .readdirSync(path.join(HOME, folder), { recursive: true, encoding: 'utf8' })
        .map((file) => path.join(folder, file)),
    )
    .filter((file) => fs.statSync(path.join(HOME, file)).isFile())
    .sort();
  const sum = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
  return sum(files.map((file) => `${sum(fs.readFileSync(path.join(HOME, file)))}  ${file}\n`).join(''));
}

export const TRINO = new TrinoEngine();
