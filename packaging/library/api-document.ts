import {
  type ApiClass,
  type ApiConstructor,
  type ApiDeclaredItem,
  type ApiDocumentedItem,
  type ApiInterface,
  type ApiItem,
  ApiItemKind,
  type ApiMethod,
  type ApiPackage,
  type ApiProperty,
  type ApiPropertySignature,
} from '@microsoft/api-extractor-model';
import { type Docstring, docstringOf } from './docstring.ts';

/** API.md, from the docstrings: classes with their properties and methods, then their props, then what is left. */
export function apiDocument(api: ApiPackage): string {
  const [entryPoint] = api.entryPoints;
  if (!entryPoint) throw new Error('The package declares nothing.');
  const members = entryPoint.members;
  const chapters = [
    ...members.filter(isClass).map(classChapter),
    ...members.filter(isInterface).map(interfaceChapter),
    ...members.filter((member) => !isClass(member) && !isInterface(member)).map(otherChapter),
  ];
  const contents = chapters.map(({ name }) => `[${name}](#${name.toLowerCase()})`).join(' · ');
  return [
    `# API of \`${api.name}\``,
    'Made from the docstrings by `npm run build`.',
    docstring(api).summary,
    contents,
    ...chapters.flatMap(({ name, blocks }) => [`## ${name}`, ...blocks]),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
    .concat('\n');
}

interface Chapter {
  readonly name: string;
  readonly blocks: readonly string[];
}

function classChapter(item: ApiClass): Chapter {
  return {
    name: item.displayName,
    blocks: [
      ...description(item),
      ...item.members.filter(isConstructor).flatMap((member) => constructorBlocks(item, member)),
      ...propertyTable(item.members.filter(isProperty)),
      ...methodTable(item.members.filter(isMethod)),
    ],
  };
}

function constructorBlocks(item: ApiClass, member: ApiConstructor): string[] {
  const parameters = member.parameters.map(
    ({ name, isOptional, parameterTypeExcerpt }) => `${name}${isOptional ? '?' : ''}: ${parameterTypeExcerpt.text}`,
  );
  return [code(`new ${item.displayName}(${parameters.join(', ')})`), ...parameterList(docstring(member).parameters)];
}

function interfaceChapter(item: ApiInterface): Chapter {
  const bases = item.extendsTypes.map(({ excerpt }) => `\`${excerpt.text}\``);
  const extended = bases.length > 0 ? [`Extends ${bases.join(', ')}.`] : [];
  return {
    name: item.displayName,
    blocks: [...description(item), ...extended, ...propertyTable(item.members.filter(isPropertySignature))],
  };
}

function otherChapter(item: ApiItem): Chapter {
  return { name: item.displayName, blocks: [...description(item), code(declared(item))] };
}

function description(item: ApiItem): string[] {
  const { summary, throws } = docstring(item);
  return [summary, ...throws.map((error) => `Throws ${error}`)];
}

function propertyTable(properties: readonly (ApiProperty | ApiPropertySignature)[]): string[] {
  if (properties.length === 0) return [];
  const isConfigured = properties.some((property) => docstring(property).default !== undefined);
  const rows = properties.map((property) => {
    const { summary, default: fallback } = docstring(property);
    return [
      `\`${property.name}\``,
      `\`${typeOf(property)}\``,
      ...(isConfigured ? [defaultText(fallback)] : []),
      summary,
    ];
  });
  return [table(['property', 'type', ...(isConfigured ? ['default'] : []), 'meaning'], rows)];
}

/** Of a constant it is its value. */
function typeOf(property: ApiProperty | ApiPropertySignature): string {
  const constant = 'initializerExcerpt' in property ? property.initializerExcerpt?.text : undefined;
  return property.propertyTypeExcerpt.text || constant || 'unknown';
}

/** By CDK's custom a default in words begins with a hyphen; else it is code. */
function defaultText(fallback: string | undefined): string {
  if (fallback === undefined) return 'required';
  return fallback.startsWith('- ') ? fallback.slice(2) : `\`${fallback}\``;
}

function methodTable(methods: readonly ApiMethod[]): string[] {
  if (methods.length === 0) return [];
  const rows = methods.map((method) => {
    const { summary, parameters } = docstring(method);
    const explained = [...parameters].map(([name, text]) => `\`${name}\`: ${text}.`);
    return [`\`${method.excerpt.text.replace(/;$/, '')}\``, [summary, ...explained].join(' ')];
  });
  return [table(['method', 'meaning'], rows)];
}

function parameterList(parameters: ReadonlyMap<string, string>): string[] {
  if (parameters.size === 0) return [];
  return [[...parameters].map(([name, text]) => `- \`${name}\`: ${text}`).join('\n')];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return ['```ts', text, '```'].join('\n');
}

function docstring(item: ApiItem): Docstring {
  return docstringOf(isDocumented(item) ? (item.tsdocComment?.emitAsTsdoc() ?? '') : '');
}

function declared(item: ApiItem): string {
  return isDeclared(item) ? item.excerpt.text : item.displayName;
}

const isClass = (item: ApiItem): item is ApiClass => item.kind === ApiItemKind.Class;
const isInterface = (item: ApiItem): item is ApiInterface => item.kind === ApiItemKind.Interface;
const isConstructor = (item: ApiItem): item is ApiConstructor => item.kind === ApiItemKind.Constructor;
const isProperty = (item: ApiItem): item is ApiProperty => item.kind === ApiItemKind.Property;
const isMethod = (item: ApiItem): item is ApiMethod => item.kind === ApiItemKind.Method;
const isPropertySignature = (item: ApiItem): item is ApiPropertySignature =>
  item.kind === ApiItemKind.PropertySignature;
const isDocumented = (item: ApiItem): item is ApiDocumentedItem => 'tsdocComment' in item;
const isDeclared = (item: ApiItem): item is ApiDeclaredItem => 'excerpt' in item;
